Feature: Bind and listen
  A server names a local address and brings its socket into the listening state. Connection requests that name this
  address reach this socket and no other.

  Rule: Bind

    @LSN-10 @ERR-11 @must
    Scenario: A socket that was never bound has no local address
      Given a fresh socket S
      Then getsockname on socket S fails with WSAEINVAL

    @LSN-11 @must @needs:null-pointers
    Scenario: bind without an address
      Given a fresh socket S
      When the server calls bind on socket S with a NULL address
      Then the server's call fails with WSAEFAULT
      And getsockname on socket S fails with WSAEINVAL

    @LSN-11 @must @needs:raw-lengths
    Scenario Outline: bind with an address that is too short
      Given a fresh socket S
      When the server calls bind on socket S with a local address and a length of <length>
      Then the server's call fails with WSAEFAULT
      And getsockname on socket S fails with WSAEINVAL

      Examples:
        | length |
        | 0      |
        | 2      |
        | 7      |

    @LSN-11 @must
    Scenario: bind with an address of another family
      Given a fresh socket S
      When the server calls bind on socket S with an address of another family
      Then the server's call fails with WSAEAFNOSUPPORT
      And getsockname on socket S fails with WSAEINVAL

    @LSN-12 @must
    Scenario: A bound socket cannot be bound again
      Given a bound socket S
      When the server calls bind on socket S with a local address
      Then the server's call fails with WSAEINVAL
      And getsockname of socket S has a port

    @LSN-12 @ERR-26 @must
    Scenario: An address belongs to one socket
      Given a bound socket S
      And a fresh socket T
      When the server calls bind on socket T with the address of socket S
      Then the server's call fails with WSAEADDRINUSE

    @LSN-12 @must
    Scenario: The address of a listener is in use
      Given a listener
      And a fresh socket T
      When the server calls bind on socket T with the address of the listener
      Then the server's call fails with WSAEADDRINUSE

    @LSN-12 @must
    Scenario: The address of a closed listener can be bound again
      Given a listener
      And a fresh socket T
      When the server calls closesocket on the listener
      And the server calls bind on socket T with the address of the listener
      Then the server's call succeeds
      And getsockname of socket T is the address of the listener

    @LSN-12 @must
    Scenario: An address that is not local cannot be bound
      Given a fresh socket S
      When the server calls bind on socket S with an address that is not local
      Then the server's call fails with WSAEADDRNOTAVAIL

    @LSN-13 @must @needs:port-addresses
    Scenario: Port 0 asks for an unused port
      Given a bound socket S
      And a bound socket T
      Then getsockname of socket S has a port
      And getsockname of socket T has a port

    @LSN-14 @should @needs:kernel-handle
    Scenario: A conflict that bind could not see surfaces in listen
      Given a fresh socket S
      And a fresh socket T
      And socket S has SO_REUSEADDR set to 1
      And socket T has SO_REUSEADDR set to 1
      When the server calls bind on socket S with a local address
      And the server calls bind on socket T with the address of socket S
      Then the server's call succeeds
      When the server calls listen on socket S with a backlog of 5
      Then the server's call succeeds
      When the server calls listen on socket T with a backlog of 5
      Then the server's call fails with WSAEADDRINUSE

    @LSN-14 @should @needs-not:kernel-handle
    Scenario: Where bind sees every conflict none surfaces later
      Given a fresh socket S
      And a fresh socket T
      And socket S has SO_REUSEADDR set to 1
      And socket T has SO_REUSEADDR set to 1
      When the server calls bind on socket S with a local address
      And the server calls bind on socket T with the address of socket S
      Then the server's call fails with WSAEADDRINUSE
      And bind on socket T with the wildcard address succeeds
      And listen on socket S with a backlog of 5 succeeds
      And listen on socket T with a backlog of 5 succeeds

  Rule: Listen

    @LSN-01 @LSN-06 @CON-01 @ACC-05 @must
    Scenario: A bound socket that listens takes connection requests
      Given a bound socket S
      When the server calls listen on socket S with a backlog of 5
      Then the server's call succeeds
      And SO_ACCEPTCONN of socket S is 1

    @LSN-01 @CON-01 @ACC-05 @must
    Scenario: A request is taken and a connection comes of it
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      Then caller A is connected
      And caller A and the accepted socket can talk

    @LSN-06 @must
    Scenario: Each request reaches the listener that it names, and no other
      Given a non-blocking listener
      And a non-blocking second listener
      When caller A requests a connection to the second listener
      And caller B requests a connection
      And caller C requests a connection to the second listener
      Then the server accepts caller B
      And the server accepts caller A on the second listener
      And the server accepts caller C on the second listener
      And no request is pending on the listener
      And no request is pending on the second listener

    @LSN-15 @must
    Scenario: listen needs a bound socket
      Given a fresh socket S
      When the server calls listen on socket S with a backlog of 5
      Then the server's call fails with WSAEINVAL
      And SO_ACCEPTCONN of socket S is 0

    @LSN-16 @must
    Scenario: A connected socket cannot listen
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      Then caller A is connected
      And listen on caller A with a backlog of 5 fails with WSAEISCONN
      And listen on the accepted socket with a backlog of 5 fails with WSAEISCONN
      And caller A and the accepted socket can talk

    @LSN-05 @LSN-18 @LSN-20 @must
    Scenario Outline: No backlog value makes listen fail
      Given a listener with a backlog of <backlog>
      When callers A to C request connections
      Then callers A to C are still waiting
      And the server accepts caller A
      And the server accepts caller B
      And the server accepts caller C

      Examples:
        | backlog     |
        | 2147483647  |
        | 2147483646  |
        | 1000000     |
        | -1          |
        | -2147483648 |

    @LSN-19 @may
    Scenario: A negative backlog is a hint of at least 200
      Given a listener with a backlog of -3
      When callers A to Z request connections
      Then callers A to Z are still waiting

    @LSN-29 @must
    Scenario Outline: A listener does not connect
      Given a listener
      And a second listener
      When the server calls <function> on the listener with the address of the second listener
      Then the server's call fails with WSAEINVAL
      And SO_ACCEPTCONN of the listener is 1

      Examples:
        | function   |
        | connect    |
        | WSAConnect |

    @LSN-30 @must
    Scenario: SO_ACCEPTCONN tells who listens
      Given a fresh socket S
      Then SO_ACCEPTCONN of socket S is 0
      Given a bound socket T
      Then SO_ACCEPTCONN of socket T is 0
      Given a listener
      Then SO_ACCEPTCONN of the listener is 1

    @LSN-30 @must
    Scenario Outline: SO_ACCEPTCONN cannot be set
      Given a listener
      And a bound socket S
      Then setsockopt on the listener with option SO_ACCEPTCONN and value <value> fails with WSAENOPROTOOPT
      And setsockopt on socket S with option SO_ACCEPTCONN and value <value> fails with WSAENOPROTOOPT
      And SO_ACCEPTCONN of the listener is 1
      And SO_ACCEPTCONN of socket S is 0

      Examples:
        | value |
        | 0     |
        | 1     |

    @LSN-34 @must
    Scenario Outline: A listener carries no data
      Given a non-blocking listener
      Then <function> on the listener with <arguments> fails with WSAENOTCONN
      And SO_ACCEPTCONN of the listener is 1

      Examples:
        | function          | arguments         |
        | recv              | room for 16 bytes |
        | send              | data "hello"      |
        | shutdown          | direction receive |
        | shutdown          | direction send    |
        | shutdown          | direction both    |
        | WSASendDisconnect | no data           |
        | WSARecvDisconnect | no buffer         |

    @LSN-34 @ACC-11 @must
    Scenario: A failed shutdown leaves the listener listening
      Given a listener
      Then shutdown on the listener with direction both fails with WSAENOTCONN
      When caller A requests a connection
      Then the server accepts caller A
      And caller A and the accepted socket can talk
