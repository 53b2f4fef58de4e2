Feature: The accepted socket
  The new socket has the attributes of the listening socket, and a life of its own.

  Rule: It inherits

    @SKT-01 @SKT-03 @SKT-04 @must
    Scenario Outline: Options set before listen
      Given a fresh listener bound to a local address
      And the listener has <option> set to <value>
      When the server calls listen on the listener with a backlog of 5
      And caller A requests a connection
      And the server accepts caller A
      Then <option> of the accepted socket equals that of the listener
      And caller A is connected

      Examples:
        | option       | value |
        | SO_REUSEADDR | 1     |
        | SO_KEEPALIVE | 1     |
        | SO_SNDBUF    | 16384 |
        | SO_RCVBUF    | 16384 |
        | SO_SNDTIMEO  | 1500  |
        | SO_RCVTIMEO  | 2500  |
        | SO_LINGER    | 1:3   |
        | SO_LINGER    | 0:7   |

      @needs:kernel-handle
      Examples:
        | option       | value |
        | SO_OOBINLINE | 1     |
        | TCP_NODELAY  | 1     |

    @SKT-01 @SKT-03 @SKT-04 @must
    Scenario Outline: Options set while the request is queued
      Given a listener
      And caller A requests a connection
      And the listener has <option> set to <value>
      When the server accepts caller A
      Then <option> of the accepted socket equals that of the listener
      And <option> of the accepted socket is <value>

      Examples:
        | option       | value |
        | SO_KEEPALIVE | 1     |
        | SO_SNDTIMEO  | 1500  |
        | SO_RCVTIMEO  | 2500  |
        | SO_LINGER    | 1:3   |

      @needs:kernel-handle
      Examples:
        | option       | value |
        | SO_OOBINLINE | 1     |
        | TCP_NODELAY  | 1     |

    @SKT-01 @SKT-03 @SKT-04 @must
    Scenario Outline: Options changed between deferral and acceptance
      Given a listener
      And the listener has SO_KEEPALIVE set to 1
      And the listener has SO_LINGER set to 1:3
      And caller A requests a connection
      When the server defers caller A
      And the listener has <option> set to <value>
      And the server accepts caller A
      Then <option> of the accepted socket is <value>

      Examples:
        | option       | value |
        | SO_KEEPALIVE | 0     |
        | SO_LINGER    | 1:9   |
        | SO_RCVTIMEO  | 3500  |

    @SKT-01 @SKT-04 @must @needs:abort
    Scenario Outline: An inherited linger setting takes effect
      Given a listener
      And <first>
      And <second>
      When the server accepts caller A
      Then caller A is connected
      When the server calls closesocket on the accepted socket
      Then the server's call succeeds
      And the connection of caller A is reset

      Examples:
        | first                                 | second                                |
        | the listener has SO_LINGER set to 1:0 | caller A requests a connection        |
        | caller A requests a connection        | the listener has SO_LINGER set to 1:0 |

    @SKT-01 @SKT-03 @must
    Scenario Outline: An inherited time-out takes effect
      Given a listener
      And <first>
      And <second>
      When the server accepts caller A
      Then caller A is connected
      When the server calls recv on the accepted socket with room for 16 bytes
      Then the server's call fails with WSAETIMEDOUT

      Examples:
        | first                                   | second                                  |
        | the listener has SO_RCVTIMEO set to 150 | caller A requests a connection          |
        | caller A requests a connection          | the listener has SO_RCVTIMEO set to 150 |

    @SKT-01 @SKT-03 @SKT-04 @must @needs:abort
    Scenario: A setting changed after a deferral takes effect
      Given a listener
      And caller A requests a connection
      When the server defers caller A
      And the listener has SO_LINGER set to 1:0
      And the server accepts caller A without a condition function
      Then caller A is connected
      When the server calls closesocket on the accepted socket
      Then the connection of caller A is reset

    @SKT-01 @SKT-14 @must @needs:abort
    Scenario: A setting changed after the acceptance has no effect on it
      Given a listener
      And caller A requests a connection
      When the server accepts caller A
      And the listener has SO_LINGER set to 1:0
      Then caller A is connected
      When the server calls closesocket on the accepted socket
      Then caller A reaches the end of the stream

    @SKT-01 @SKT-03 @must
    Scenario: Sockets accepted without a condition function inherit as well
      Given a listener
      And caller A requests a connection
      And the listener has SO_KEEPALIVE set to 1
      And the listener has SO_RCVTIMEO set to 2500
      When the server accepts caller A without a condition function
      Then SO_KEEPALIVE of the accepted socket is 1
      And SO_RCVTIMEO of the accepted socket is 2500

    @SKT-03 @SKT-04 @must
    Scenario: What was never set is as on the listener
      Given a listener
      And caller A requests a connection
      When the server accepts caller A
      Then SO_KEEPALIVE of the accepted socket is 0
      And SO_LINGER of the accepted socket equals that of the listener

    @SKT-05 @must
    Scenario: The type is that of the listener
      Given a listener
      And caller A requests a connection
      When the server accepts caller A
      Then SO_TYPE of the accepted socket is 1
      And SO_TYPE of the accepted socket equals that of the listener

    @SKT-03 @ACC-03 @must
    Scenario: A receive time-out of the listener does not end its accept calls
      Given a listener
      And the listener has SO_RCVTIMEO set to 100
      When the server calls WSAAccept on the listener
      And 400 ms pass
      Then the server's call is still under way
      When caller A requests a connection
      Then the server's condition function is called for caller A

  Rule: The mode

    @SKT-06 @must
    Scenario Outline: It is non-blocking exactly when the listener is
      Given a <mode> listener
      When caller A requests a connection
      And the server accepts caller A
      Then caller A is connected
      And the accepted socket of A is <mode>

      Examples:
        | mode         |
        | blocking     |
        | non-blocking |

    @SKT-06 @must
    Scenario Outline: The mode at the time of acceptance counts
      Given a <first> listener
      When caller A requests a connection
      And the server defers caller A
      And the listener is made <then>
      And the server accepts caller A
      Then caller A is connected
      And the accepted socket of A is <then>

      Examples:
        | first        | then         |
        | blocking     | non-blocking |
        | non-blocking | blocking     |

    @SKT-06 @must
    Scenario Outline: A change while the condition function decides counts, too
      Given a <first> listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls ioctlsocket on the listener with value <value>
      Then another thread's call succeeds
      When the server's condition function accepts
      Then the server's call succeeds
      And caller A is connected
      And the socket accepted from caller A is <then>

      Examples:
        | first        | value | then         |
        | blocking     | 1     | non-blocking |
        | non-blocking | 0     | blocking     |

    @SKT-06 @must
    Scenario Outline: Also without a condition function
      Given a <first> listener
      When caller A requests a connection
      And the listener is made <then>
      And the server accepts caller A without a condition function
      Then caller A is connected
      And the accepted socket of A is <then>

      Examples:
        | first        | then         |
        | blocking     | non-blocking |
        | non-blocking | blocking     |

    @SKT-06 @SKT-14 @HND-29 @must
    Scenario: A later change of the listener's mode does not reach it
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And the listener is made non-blocking
      Then caller A is connected
      And the accepted socket of A is blocking

  Rule: It has a life of its own

    @SKT-14 @must
    Scenario Outline: Later changes on the listener do not reach it
      Given a listener
      And the listener has <option> set to <before>
      When caller A requests a connection
      And the server accepts caller A
      And the listener has <option> set to <after>
      Then <option> of the accepted socket is <before>

      Examples:
        | option       | before | after |
        | SO_KEEPALIVE | 1      | 0     |
        | SO_KEEPALIVE | 0      | 1     |
        | SO_LINGER    | 1:3    | 1:8   |
        | SO_RCVTIMEO  | 2500   | 100   |

    @SKT-14 @SKT-01 @must
    Scenario: Changes on the accepted socket do not reach the listener
      Given a listener
      When callers A to B request connections
      And the server accepts caller A
      And SO_KEEPALIVE of the accepted socket of A is set to 1
      Then SO_KEEPALIVE of the listener is 0
      And the server accepts caller B
      And SO_KEEPALIVE of the accepted socket of B is 0

    @SKT-15 @must
    Scenario: It does not listen
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      Then SO_ACCEPTCONN of the accepted socket is 0
      And accept on the accepted socket fails with WSAEINVAL
      And WSAAccept on the accepted socket fails with WSAEINVAL
      And SO_ACCEPTCONN of the listener is 1

    @SKT-17 @must
    Scenario: It has no socket error
      Given a listener
      When callers A to B request connections
      And the server rejects caller A
      And the server accepts caller B
      Then SO_ERROR of the accepted socket is 0

    @SKT-18 @must
    Scenario: Its names are those that the condition function was given
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller id | the address of caller A     |
        | callee id | the address of the listener |
      When the server's condition function accepts
      Then getpeername of the accepted socket is the address of caller A
      And getsockname of the accepted socket is the address of the listener
      And getsockname of the listener is the address of the listener

    @SKT-19 @must
    Scenario: Closing it does not affect the listener
      Given a listener
      When callers A to B request connections
      And the server accepts caller A
      And the server calls closesocket on the accepted socket
      Then the server's call succeeds
      And caller A reaches the end of the stream
      And SO_ACCEPTCONN of the listener is 1
      And the server accepts caller B
      And caller B and the accepted socket of B can talk

    @SKT-19 @LSN-28 @must
    Scenario: Closing the listener does not affect it
      Given a listener
      When callers A to B request connections
      And the server accepts caller A
      And the server accepts caller B
      And the server calls closesocket on the listener
      Then the server's call succeeds
      And caller A and the accepted socket of A can talk
      And caller B and the accepted socket of B can talk

    @SKT-19 @must
    Scenario: Connections are separate
      Given a listener
      When callers A to B request connections
      And the server accepts caller A
      And the server accepts caller B
      And the server calls send on the accepted socket of A with data "for A"
      And the server calls send on the accepted socket of B with data "for B"
      Then caller A receives "for A"
      And caller B receives "for B"
      When the server calls closesocket on the accepted socket of A
      Then caller A reaches the end of the stream
      And caller B and the accepted socket of B can talk

    @SKT-10 @SKT-01 @must @needs-not:decided-connect
    Scenario: Data that came before the decision is there
      Given a listener
      When caller A requests a connection
      And caller A is connected
      And caller A calls send with data "early"
      And the server defers caller A
      And the server accepts caller A
      Then the accepted socket receives "early"
      And caller A and the accepted socket can talk

    @SKT-20 @should @needs:raw-options
    Scenario: SO_CONNECT_TIME on a socket that is not connected
      Given a fresh socket S
      Then SO_CONNECT_TIME of socket S is 4294967295, if it is offered
