@needs:events
Feature: Registration for network events
  A registration says which events set which event object. A socket has one at most. What was recorded and not enumerated
  outlives it, and sockets that are accepted inherit that of their listener.

  Rule: The latest registration counts

    @EVT-08 @EVT-07 @EVT-05 @must
    Scenario: It replaces the event object and the mask
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_CLOSE
      And the accepted socket is registered for FD_CLOSE with the second event object
      And caller A calls send with data "unasked"
      Then the event object is not set
      And the second event object is not set
      And nothing is recorded on the accepted socket
      And the accepted socket receives "unasked"
      When caller A calls closesocket
      Then the second event object is set
      And the event object is not set
      And FD_CLOSE is recorded on the accepted socket

    @EVT-07 @EVT-15 @EVT-25 @must
    Scenario: What was not enumerated sets the new event object
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then the event object is set
      When the listener is registered for FD_ACCEPT with the second event object
      Then the second event object is set
      And FD_ACCEPT is recorded on the listener
      And the second event object is not set
      And the event object is set

    @EVT-07 @EVT-25 @must
    Scenario: It outlives a mask that does not have it
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then the event object is set
      When the listener is registered for FD_CLOSE with the second event object
      Then the second event object is not set
      And nothing is recorded on the listener
      When the listener is registered for FD_ACCEPT with the third event object
      Then the third event object is set
      And FD_ACCEPT is recorded on the listener

    @EVT-16 @DIS-49 @must
    Scenario: What was enumerated is not told of again
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then FD_ACCEPT is recorded on the listener
      When the listener is registered for FD_ACCEPT
      Then the event object is not set
      And nothing is recorded on the listener
      When the registration of the listener is cancelled
      And the listener is registered for FD_ACCEPT
      Then the event object is not set
      And nothing is recorded on the listener

    @EVT-16 @EVT-17 @must
    Scenario: What lasts on a connection is not told of again either
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_READ, FD_WRITE, FD_CONNECT and FD_CLOSE
      When caller A requests a connection
      And the server accepts caller A
      And the server calls send on the accepted socket with data "unread"
      Then FD_READ, FD_WRITE and FD_CONNECT are recorded on caller A
      When caller A is registered for FD_READ, FD_WRITE, FD_CONNECT and FD_CLOSE
      Then the event object of caller A is not set
      And nothing is recorded on caller A

    @EVT-31 @must
    Scenario: It does not reset an event object
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then the event object is set
      When the listener is registered for FD_CLOSE
      Then the event object is set
      When the registration of the listener is cancelled
      Then the event object is set

  Rule: It can be cancelled

    @EVT-09 @EVT-30 @must
    Scenario: By an empty mask, whatever the event object
      Given a listener
      And the listener is registered for FD_ACCEPT
      And a second event object
      And the server closes the second event object
      When the server calls WSAEventSelect on the listener with the second event object and no events
      Then the server's call succeeds
      When caller A requests a connection
      Then the event object is not set
      And nothing is recorded on the listener

    @EVT-30 @EVT-28 @EVT-15 @EVT-11 @must
    Scenario: What happens then is told of by the next
      Given a listener
      And the listener is registered for FD_ACCEPT
      And the registration of the listener is cancelled
      When caller A requests a connection
      Then nothing is recorded on the listener
      And the event object is not set
      When the listener is registered for FD_ACCEPT
      Then the event object is set
      And FD_ACCEPT is recorded on the listener

    @EVT-30 @EVT-18 @must
    Scenario: Unless it has been used up
      Given a listener
      And the listener is registered for FD_ACCEPT
      And the registration of the listener is cancelled
      When caller A requests a connection
      And the server accepts caller A without a condition function
      And the listener is registered for FD_ACCEPT
      Then nothing is recorded on the listener
      And the event object is not set

    @EVT-06 @must
    Scenario: The socket stays non-blocking
      Given a listener
      And the listener is registered for FD_ACCEPT
      Then accept on the listener fails with WSAEWOULDBLOCK
      When the registration of the listener is cancelled
      Then accept on the listener fails with WSAEWOULDBLOCK
      When the listener is made blocking
      And the server calls accept on the listener
      Then the server's call is still under way

    @EVT-06 @must
    Scenario: An empty mask alone makes it non-blocking
      Given a listener
      And the registration of the listener is cancelled
      Then accept on the listener fails with WSAEWOULDBLOCK

    @HND-30 @EVT-06 @must
    Scenario Outline: A registered socket cannot be made blocking
      Given a listener
      And <registration>
      When the server calls ioctlsocket on the listener with value 0
      Then the server's call fails with WSAEINVAL
      And accept on the listener fails with WSAEWOULDBLOCK
      When the server calls ioctlsocket on the listener with value 1
      Then the server's call succeeds
      When the registration of the listener is cancelled
      And the server calls ioctlsocket on the listener with value 0
      Then the server's call succeeds

      Examples:
        | registration                                        |
        | the listener is registered for FD_ACCEPT            |
        | the listener is registered for FD_READ and FD_CLOSE |

      @needs:message-mode
      Examples:
        | registration                                         |
        | the listener is registered for messages of FD_ACCEPT |

    @EVT-32 @must
    Scenario: It ends with the socket, and the event object stays
      Given a listener
      And the listener is registered for FD_ACCEPT
      When the server calls closesocket on the listener
      Then the server's call succeeds
      And the event object is not set
      When the server sets the event object
      Then the event object is set
      When the server resets the event object
      Then the event object is not set

  Rule: A registration that cannot be made changes nothing

    @EVT-10 @must
    Scenario Outline: Without an event object that can be set
      Given a listener
      And the listener is registered for FD_ACCEPT
      And a second event object
      And the server closes the second event object
      When the server calls WSAEventSelect on the listener with <arguments>
      Then the server's call fails with WSAEINVAL
      When caller A requests a connection
      Then the event object is set
      And FD_ACCEPT is recorded on the listener

      Examples:
        | arguments                            |
        | no event object and FD_CLOSE         |
        | the second event object and FD_CLOSE |

      @needs:raw-lengths
      Examples:
        | arguments                      |
        | the event object and mask 1024 |
        | the event object and mask 1025 |
        | the event object and mask -1   |

    @HND-15 @HND-16 @EVT-32 @must
    Scenario Outline: On a closed socket
      Given a fresh socket A
      And an event object
      And the server calls closesocket on socket A
      When the server calls <call>
      Then the server's call fails with WSAENOTSOCK

      Examples:
        | call                                                           |
        | WSAEventSelect on socket A with the event object and FD_READ   |
        | WSAEventSelect on socket A with the event object and no events |
        | WSAEnumNetworkEvents on socket A with the event object         |
        | WSAEnumNetworkEvents on socket A                               |

  Rule: A registration that comes late

    @EVT-15 @must
    Scenario: Tells of the request that waits
      Given a listener
      When caller A requests a connection
      And the listener is registered for FD_ACCEPT
      Then the event object is set
      And FD_ACCEPT is recorded on the listener

    @EVT-15 @must
    Scenario: Tells of data and of the end
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls send with data "early"
      And caller A calls closesocket
      And 40 ms pass
      And the accepted socket is registered for FD_READ and FD_CLOSE
      Then the event object is set
      And FD_READ and FD_CLOSE are recorded on the accepted socket

    @EVT-21 @EVT-17 @CON-17 @must
    Scenario: Tells of the attempt that has succeeded
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A is registered for FD_CONNECT and FD_WRITE
      Then the event object of caller A is set
      And FD_CONNECT and FD_WRITE are recorded on caller A
      And nothing more is recorded on caller A

    @EVT-21 @CON-16 @must
    Scenario: Tells of the attempt that has failed
      Given a fresh caller A
      And caller A is non-blocking
      When caller A calls WSAConnect with an address where nothing listens
      And 40 ms pass
      And caller A is registered for FD_CONNECT and FD_WRITE
      Then FD_CONNECT with WSAECONNREFUSED is recorded on caller A
      And nothing more is recorded on caller A

    @EVT-15 @EVT-30 @must
    Scenario: Says nothing of what was used up
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls send with data "read"
      Then the accepted socket receives "read"
      When the accepted socket is registered for FD_READ
      Then the event object is not set
      And nothing is recorded on the accepted socket

  Rule: Enumerating takes the record

    @EVT-22 @EVT-25 @must
    Scenario: Of the events in the mask and no others
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_WRITE
      And caller A calls send with data "both"
      Then the event object is set
      When the accepted socket is registered for FD_WRITE
      Then FD_WRITE is recorded on the accepted socket
      When the accepted socket is registered for FD_READ
      Then the event object is set
      And FD_READ is recorded on the accepted socket

    @EVT-25 @must
    Scenario: What arose outside the mask is told of when the mask has it
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_CLOSE
      And caller A calls send with data "later"
      Then nothing is recorded on the accepted socket
      And the event object is not set
      When the accepted socket is registered for FD_READ and FD_CLOSE
      Then the event object is set
      And FD_READ is recorded on the accepted socket

    @EVT-26 @must
    Scenario: Without an event object none is reset
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then the event object is set
      When the events of the listener are enumerated without the event object
      Then the event object is set
      And nothing more is recorded on the listener
      And the event object is not set

    @EVT-22 @must
    Scenario: Any event object can be named
      Given a listener
      And the listener is registered for FD_ACCEPT
      And a second event object
      And the server sets the second event object
      When caller A requests a connection
      Then the event object is set
      When the server calls WSAEnumNetworkEvents on the listener with the second event object
      Then the server's call returns events FD_ACCEPT
      And the second event object is not set
      And the event object is set

    @EVT-24 @EVT-27 @must
    Scenario: A failure changes nothing
      Given a listener
      And the listener is registered for FD_ACCEPT
      And a second event object
      And the server closes the second event object
      When caller A requests a connection
      Then the event object is set
      When the server calls WSAEnumNetworkEvents on the listener with the second event object
      Then the server's call fails with WSAEINVAL
      And the event object is set
      And FD_ACCEPT is recorded on the listener

    @EVT-27 @EVT-24 @must @needs:null-pointers
    Scenario: A call without room for the result changes nothing
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then the event object is set
      When the server calls WSAEnumNetworkEvents on the listener with the event object and no room for the result
      Then the server's call fails with WSAEFAULT
      And the event object is set
      And FD_ACCEPT is recorded on the listener

    @EVT-23 @must @needs:winsock-api
    Scenario: Of the errors only those of recorded events are written
      Given a listener
      And the listener is registered for FD_ACCEPT and FD_CLOSE
      Then nothing is recorded on the listener
      When the server calls WSAEnumNetworkEvents on the listener
      Then the server's call returns written -
      When caller A requests a connection
      Then the event object is set
      When the server calls WSAEnumNetworkEvents on the listener
      Then the server's call returns events FD_ACCEPT
      And the server's call returns written FD_ACCEPT

    @EVT-28 @must
    Scenario: Without a registration nothing is taken
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then the event object is set
      When the registration of the listener is cancelled
      And the server calls WSAEnumNetworkEvents on the listener
      Then the server's call returns events -
      When the listener is registered for FD_ACCEPT
      Then FD_ACCEPT is recorded on the listener

    @EVT-28 @must
    Scenario Outline: A socket that was never registered
      Given a <state> socket A
      When the server calls WSAEnumNetworkEvents on socket A
      Then the server's call returns events -

      Examples:
        | state |
        | fresh |
        | bound |

  Rule: Accepted sockets inherit the registration

    @SKT-02 @SKT-07 @SKT-09 @SKT-12 @EVT-17 @must
    Scenario: The event object and the mask
      Given a listener
      And the listener is registered for FD_ACCEPT, FD_READ, FD_WRITE and FD_CLOSE
      When caller A requests a connection
      Then FD_ACCEPT is recorded on the listener
      When the server accepts caller A
      Then the event object is set
      And FD_WRITE is recorded on the accepted socket
      And the event object is not set
      When caller A calls send with data "inherited"
      Then the event object is set
      And nothing is recorded on the listener
      And FD_READ is recorded on the accepted socket
      And the accepted socket receives "inherited"
      When caller A calls closesocket
      Then the event object is set
      And FD_CLOSE is recorded on the accepted socket

    @SKT-02 @SKT-07 @must
    Scenario Outline: Whatever call accepts
      Given a listener
      And the listener is registered for FD_ACCEPT and FD_READ
      When caller A requests a connection
      And <accepted>
      And caller A is connected
      And the server resets the event object
      And caller A calls send with data "inherited"
      Then the event object is set
      And FD_READ is recorded on the accepted socket of A

      Examples:
        | accepted                                                 |
        | the server accepts caller A                              |
        | the server accepts caller A without a condition function |

    @SKT-02 @SKT-07 @ACC-08 @must
    Scenario: After a deferral, too
      Given a listener
      And the listener is registered for FD_ACCEPT and FD_READ
      When caller A requests a connection
      And the server defers caller A
      And the server accepts caller A
      And caller A is connected
      And the server resets the event object
      And caller A calls send with data "inherited"
      Then the event object is set
      And FD_READ is recorded on the accepted socket

    @SKT-07 @EVT-06 @SKT-06 @must
    Scenario: The accepted socket is registered indeed
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      And the server accepts caller A
      And the server calls ioctlsocket on the accepted socket with value 0
      Then the server's call fails with WSAEINVAL

    @SKT-09 @must
    Scenario: FD_WRITE is recorded as soon as the socket exists
      Given a listener
      And the listener is registered for FD_WRITE
      Then the event object is not set
      When caller A requests a connection
      And the server accepts caller A without a condition function
      Then the event object is set
      And FD_WRITE is recorded on the accepted socket of A
      And nothing is recorded on the listener

    @SKT-10 @must @needs-not:decided-connect
    Scenario: So is FD_READ where data has come already
      Given a listener
      And the listener is registered for FD_READ
      When caller A requests a connection
      And caller A is connected
      And caller A calls send with data "early"
      And 40 ms pass
      And the server accepts caller A
      Then the event object is set
      And FD_READ is recorded on the accepted socket
      And the accepted socket receives "early"
      And nothing more is recorded on the accepted socket

    @SKT-10 @must
    Scenario: So is FD_READ where data comes at once
      Given a listener
      And the listener is registered for FD_READ
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls send with data "soon"
      Then the event object is set
      And FD_READ is recorded on the accepted socket
      And the accepted socket receives "soon"

    @SKT-12 @SKT-17 @must
    Scenario: The records are separate
      Given a listener
      And the listener is registered for FD_ACCEPT and FD_WRITE
      When callers A to B request connections
      And the server accepts caller A without a condition function
      Then FD_WRITE is recorded on the accepted socket of A
      And FD_ACCEPT is recorded on the listener
      And nothing more is recorded on the accepted socket of A
      And nothing more is recorded on the listener

    @SKT-13 @must
    Scenario: A registration of its own replaces it and leaves the listener's alone
      Given a listener
      And the listener is registered for FD_ACCEPT and FD_READ
      When caller A requests a connection
      And the server accepts caller A
      And the accepted socket is registered for FD_CLOSE with the second event object
      And the server resets the event object
      And caller A is connected
      And caller A calls send with data "unasked"
      Then the event object is not set
      And the second event object is not set
      When caller B requests a connection
      Then the event object is set
      And FD_ACCEPT is recorded on the listener
      And the accepted socket receives "unasked"
      When caller A calls closesocket
      Then the second event object is set
      And FD_CLOSE is recorded on the accepted socket

    @SKT-07 @SKT-13 @EVT-08 @must
    Scenario: What changes on the listener afterwards does not reach it
      Given a listener
      And the listener is registered for FD_ACCEPT and FD_READ
      When caller A requests a connection
      And the server accepts caller A
      And the registration of the listener is cancelled
      And the server resets the event object
      And caller A is connected
      And caller A calls send with data "still"
      Then the event object is set
      And FD_READ is recorded on the accepted socket

    @SKT-02 @EVT-30 @must
    Scenario: Without a registration there is nothing to inherit
      Given a listener
      And the listener is registered for FD_ACCEPT and FD_READ
      And the registration of the listener is cancelled
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls send with data "unasked"
      Then the event object is not set
      And nothing is recorded on the accepted socket
