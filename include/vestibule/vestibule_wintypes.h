/* The Windows types that winsock2.h needs. Part of winsock2.h; do not include it directly.
 *
 * DWORD, LONG and u_long have 32 bits, as on Windows: Linux' long has 64 and is not used
 * (LAY-01). */

#ifndef VESTIBULE_WINTYPES_H
#define VESTIBULE_WINTYPES_H

#include <stdint.h>

typedef void *PVOID, *LPVOID, *HANDLE;
typedef char CHAR, *PCHAR, *LPSTR, *PSTR;
typedef const char *LPCSTR, *PCSTR;
typedef uint8_t BYTE, *LPBYTE, UCHAR;
typedef uint16_t WORD, *LPWORD, USHORT, WCHAR;
typedef int32_t BOOL, *LPBOOL;
typedef int INT, *LPINT;
typedef unsigned int UINT;
typedef int32_t LONG, *LPLONG;
typedef uint32_t DWORD, *LPDWORD, ULONG, *PULONG;
typedef uintptr_t UINT_PTR, ULONG_PTR, DWORD_PTR, WPARAM;
typedef intptr_t INT_PTR, LONG_PTR, LPARAM;
typedef struct HWND__ *HWND;
typedef uint16_t ADDRESS_FAMILY;

typedef uint8_t vestibule_u_char;
typedef uint16_t vestibule_u_short;
typedef uint32_t vestibule_u_int;
typedef uint32_t vestibule_u_long;

/* The system's headers, included already, have these names too, with a u_long of 64 bits. */
#define u_char vestibule_u_char
#define u_short vestibule_u_short
#define u_int vestibule_u_int
#define u_long vestibule_u_long

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#define FAR
#define NEAR
#define PASCAL
#define WINAPI
#define WSAAPI
#define CALLBACK

#define MAKEWORD(low, high) ((WORD)(((WORD)(BYTE)(low)) | (WORD)((WORD)(BYTE)(high) << 8)))
#define MAKELONG(low, high) ((LONG)(((DWORD)(WORD)(low)) | ((DWORD)(WORD)(high) << 16)))
#define LOBYTE(word) ((BYTE)(((DWORD_PTR)(word)) & 0xFF))
#define HIBYTE(word) ((BYTE)(((DWORD_PTR)(word) >> 8) & 0xFF))
#define LOWORD(value) ((WORD)(((DWORD_PTR)(value)) & 0xFFFF))
#define HIWORD(value) ((WORD)(((DWORD_PTR)(value) >> 16) & 0xFFFF))

/* Windows.h comes with winsock2.h there, and programs rely on these. */
#ifndef NO_ERROR
#define NO_ERROR 0
#endif
#ifndef ERROR_SUCCESS
#define ERROR_SUCCESS 0
#endif
#define ZeroMemory(destination, length) memset((destination), 0, (length))
#define CopyMemory(destination, source, length) memcpy((destination), (source), (length))
#define FillMemory(destination, length, fill) memset((destination), (fill), (length))

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
    DWORD Data1;
    WORD Data2;
    WORD Data3;
    BYTE Data4[8];
} GUID, *LPGUID;
#endif

typedef struct _OVERLAPPED {
    ULONG_PTR Internal;
    ULONG_PTR InternalHigh;
    DWORD Offset;
    DWORD OffsetHigh;
    HANDLE hEvent;
} OVERLAPPED, *LPOVERLAPPED;

#endif
