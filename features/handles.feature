Feature: Sockets and their handles
  What holds of every socket before anything is connected.

  @HND-17 @must
  Scenario: A new socket is blocking, unbound and not connected
    Given a fresh socket S
    Then getsockname on socket S fails with WSAEINVAL
    And getpeername on socket S fails with WSAENOTCONN
    And SO_ACCEPTCONN of socket S is 0
    And SO_ERROR of socket S is 0

  @HND-17 @HND-29 @must
  Scenario: FIONBIO sets the mode and sets it back
    Given a listener
    When the server calls ioctlsocket on the listener with value 1
    Then the server's call succeeds
    When the server calls accept on the listener
    Then the server's call fails with WSAEWOULDBLOCK
    When the server calls ioctlsocket on the listener with value 0
    Then the server's call succeeds
    When the server calls accept on the listener
    Then the server's call is still under way
    When caller A requests a connection
    Then the server's call succeeds

  @HND-15 @HND-16 @ERR-16 @must @needs:handles
  Scenario Outline: A closed handle names no socket
    Given a bound socket S
    When the server calls closesocket on socket S
    Then the server's call succeeds
    And <call> fails with WSAENOTSOCK

    Examples:
      | call                                                        |
      | closesocket on socket S                                     |
      | listen on socket S with a backlog of 5                      |
      | WSAAccept on socket S                                       |
      | accept on socket S                                          |
      | getsockname on socket S                                     |
      | getpeername on socket S                                     |
      | recv on socket S with room for 16 bytes                     |
      | send on socket S with data "x"                              |
      | shutdown on socket S with direction both                    |
      | getsockopt on socket S with option SO_ERROR                 |
      | setsockopt on socket S with option SO_KEEPALIVE and value 1 |
      | ioctlsocket on socket S with value 1                        |
      | WSASendDisconnect on socket S with no data                  |
      | WSARecvDisconnect on socket S with no buffer                |

  @HND-16 @must @needs:handles
  Scenario Outline: A number that is no handle
    Given socket S has the handle <number>
    Then <call> fails with WSAENOTSOCK

    Examples:
      | number               | call                                        |
      | 18446744073709551615 | closesocket on socket S                     |
      | 18446744073709551615 | WSAAccept on socket S                       |
      | 2147483647           | listen on socket S with a backlog of 5      |
      | 2147483647           | WSAAccept on socket S                       |
      | 999999               | WSAAccept on socket S                       |
      | 999999               | closesocket on socket S                     |
      | 1099511627776        | getsockopt on socket S with option SO_ERROR |

  @HND-16 @must @needs:handles
  Scenario: The handle is examined before any other argument
    Given socket S has the handle 999999
    Then bind on socket S with a NULL address fails with WSAENOTSOCK
    And connect on socket S with a NULL address fails with WSAENOTSOCK

  @HND-37 @must @needs:raw-lengths
  Scenario Outline: getpeername examines the socket before its buffer
    Given a listener
    When caller A requests a connection
    And the server accepts caller A
    Then caller A is connected
    When the server calls <function> on the <socket> with a length of 5
    Then the server's call fails with <error>
    And the server's call returns addrlen 5

    Examples:
      | function    | socket          | error       |
      | getpeername | listener        | WSAENOTCONN |
      | getpeername | accepted socket | WSAEFAULT   |
      | getsockname | accepted socket | WSAEFAULT   |
      | getsockname | listener        | WSAEFAULT   |

  @LAY-19 @LAY-21 @LAY-28 @must @needs:winsock-api
  Scenario Outline: Names of decisions, directions and the largest backlog
    Then the header defines <name> as <value>

    Examples:
      | name       | value      |
      | CF_ACCEPT  | 0          |
      | CF_REJECT  | 1          |
      | CF_DEFER   | 2          |
      | SD_RECEIVE | 0          |
      | SD_SEND    | 1          |
      | SD_BOTH    | 2          |
      | SOMAXCONN  | 2147483647 |
