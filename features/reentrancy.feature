Feature: Calls from inside a condition function
  While a condition function runs, the listener that it serves takes no calls from that thread. Everything else works.

  Rule: The listener being served

    @ACC-51 @ERR-14 @must
    Scenario Outline: Calls on it fail and change nothing
      Given a listener
      And callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls <call>
      Then the server's call fails with WSAEINPROGRESS
      When the server's condition function accepts
      Then the server's call succeeds
      And caller A and the accepted socket can talk
      And SO_ACCEPTCONN of the listener is 1
      And SO_KEEPALIVE of the listener is 0
      And SO_LINGER of the listener is 0:0
      And SO_LINGER of the accepted socket is 0:0
      And the server accepts caller B
      And the accepted socket of B is blocking

      Examples:
        | call                                                            |
        | accept on the listener                                          |
        | WSAAccept on the listener                                       |
        | WSAAccept on the listener with a NULL condition function        |
        | listen on the listener with a backlog of 1                      |
        | closesocket on the listener                                     |
        | shutdown on the listener with direction both                    |
        | setsockopt on the listener with option SO_KEEPALIVE and value 1 |
        | setsockopt on the listener with option SO_LINGER and value 1:5  |
        | ioctlsocket on the listener with value 1                        |

    @ACC-51 @ACC-07 @must
    Scenario Outline: Calls on it leave every decision valid
      Given a listener
      And caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls closesocket on the listener
      Then the server's call fails with WSAEINPROGRESS
      When the server calls listen on the listener with a backlog of 1
      Then the server's call fails with WSAEINPROGRESS
      When the server's condition function <decision>
      Then the server's call fails with <error>
      When caller B requests a connection
      Then the server <next>

      Examples:
        | decision | error           | next             |
        | rejects  | WSAECONNREFUSED | accepts caller B |
        | defers   | WSATRY_AGAIN    | accepts caller A |

    @ACC-51 @ACC-25 @must
    Scenario: Once the function has returned, calls work again
      Given a listener
      And caller A requests a connection
      And the server defers caller A
      Then listen on the listener with a backlog of 3 succeeds
      When the listener has SO_KEEPALIVE set to 1
      Then SO_KEEPALIVE of the listener is 1
      When the server calls closesocket on the listener
      Then the server's call succeeds
      And caller A is refused

    @ACC-51 @ACC-59 @must @needs:raise
    Scenario: Calls work again after a function ended abnormally
      Given a listener
      And caller A requests a connection
      And the server calls WSAAccept on the listener
      And the server's condition function raises
      Then the server's call ends abnormally
      When the server calls listen on the listener with a backlog of 3
      Then the server's call succeeds
      And the server accepts caller A

    @ACC-52 @must @needs:winsock-api
    Scenario: WSACleanup fails as well
      Given a listener
      And caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls WSACleanup
      Then the server's call fails with WSAEINPROGRESS
      When the server's condition function accepts
      Then the server's call succeeds
      And caller A and the accepted socket can talk

  Rule: Everything else works

    @ACC-53 @must
    Scenario: Calls on other sockets
      Given a listener
      And a second listener
      And callers A to B request connections
      And the server accepts caller A
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller B
      When the server calls send on the accepted socket of A with data "hello"
      Then the server's call succeeds
      And caller A receives "hello"
      When the server calls listen on the second listener with a backlog of 2
      Then the server's call succeeds
      When the server calls setsockopt on the second listener with option SO_KEEPALIVE and value 1
      Then the server's call succeeds
      When the server calls closesocket on the second listener
      Then the server's call succeeds
      When the server's condition function accepts
      Then the server's call succeeds
      And caller B and the accepted socket can talk

    @ACC-53 @must
    Scenario: Making, binding and connecting sockets
      Given a listener
      And a second listener
      And a fresh socket S
      And socket S is non-blocking
      And caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls connect on socket S with the address of the second listener
      Then the server's call fails with WSAEWOULDBLOCK
      When another thread calls accept on the second listener
      Then another thread's call succeeds
      When the server's condition function accepts
      Then the server's call succeeds

    @ACC-53 @must
    Scenario: Looking at the listener that is being served
      Given a listener
      And caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls getsockname on the listener
      Then the server's call returns addr the address of the listener
      When the server calls getsockopt on the listener with option SO_ACCEPTCONN
      Then the server's call returns value 1
      When the server's condition function accepts
      Then the server's call succeeds

    @ACC-54 @must
    Scenario: An accept on another listener may nest
      Given a listener
      And a second listener
      And caller A requests a connection
      And caller B requests a connection to the second listener
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls WSAAccept on the second listener
      Then the server's condition function is called for caller B
      When the server calls listen on the listener with a backlog of 1
      Then the server's call fails with WSAEINPROGRESS
      When the server calls listen on the second listener with a backlog of 1
      Then the server's call fails with WSAEINPROGRESS
      When the server's condition function accepts
      Then the server's call succeeds
      And caller B and the accepted socket can talk
      When the server calls listen on the second listener with a backlog of 2
      Then the server's call succeeds
      When the server calls listen on the listener with a backlog of 1
      Then the server's call fails with WSAEINPROGRESS
      When the server's condition function rejects
      Then the server's call fails with WSAECONNREFUSED
      And caller A is rejected
      And caller B is connected

    @ACC-54 @ACC-53 @must
    Scenario: An accept without condition function on another listener may nest
      Given a listener
      And a non-blocking second listener
      And caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls accept on the second listener
      Then the server's call fails with WSAEWOULDBLOCK
      When caller B requests a connection to the second listener
      And the server calls accept on the second listener
      Then the server's call succeeds
      And caller B and the accepted socket can talk
      When the server's condition function defers
      Then the server's call fails with WSATRY_AGAIN
      And the server accepts caller A

    @ACC-51 @ACC-53 @must
    Scenario: Another thread may call what this thread may not
      Given a listener
      And caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls setsockopt on the listener with option SO_KEEPALIVE and value 1
      Then the server's call fails with WSAEINPROGRESS
      When another thread calls setsockopt on the listener with option SO_KEEPALIVE and value 1
      Then another thread's call succeeds
      When the server's condition function accepts
      Then the server's call succeeds
      And SO_KEEPALIVE of the listener is 1
