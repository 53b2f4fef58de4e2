Feature: Connect
  A client asks for a connection by naming the server's address. Where the entry waits for the decision, connect comes
  back only with the server's verdict or with a time-out.

  Rule: The local end

    @LSN-08 @CON-01 @must
    Scenario: connect on an unbound socket binds it
      Given a listener
      And a fresh caller A
      When caller A requests a connection
      Then the server accepts caller A
      And caller A and the accepted socket can talk

    @LSN-09 @must @needs:port-addresses
    Scenario: An implicitly bound socket tells its address
      Given a listener
      When caller A requests a connection
      Then getsockname of caller A has a port
      And the server accepts caller A
      And getpeername of the accepted socket is the address of caller A

    @LSN-08 @CON-01 @must
    Scenario: A bound socket keeps its address when it connects
      Given a listener
      And a bound caller A
      And the address of caller A is remembered
      When caller A requests a connection
      Then the address of caller A is as remembered
      And the server accepts caller A

    @CON-31 @ERR-35 @must
    Scenario: Before connect there is no peer
      Given a fresh caller A
      Then getpeername on caller A fails with WSAENOTCONN
      Given a bound caller B
      Then getpeername on caller B fails with WSAENOTCONN

    @CON-31 @must
    Scenario: During the attempt and afterwards the peer is the destination
      Given a listener
      When caller A requests a connection
      Then getpeername of caller A is the address of the listener
      When the server defers caller A
      Then getpeername of caller A is the address of the listener
      When the server accepts caller A
      Then caller A is connected
      And getpeername of caller A is the address of the listener

  Rule: The verdict

    @CON-02 @ACC-07 @must @needs:decided-connect
    Scenario: A blocking connect waits while the request is queued and while it is deferred
      Given a listener
      When caller A requests a connection and waits
      Then caller A is still waiting
      When the server defers caller A
      Then caller A is still waiting
      When the server accepts caller A
      Then caller A is connected
      And caller A and the accepted socket can talk

    @CON-02 @CON-08 @ACC-06 @must @needs:refusal-visible
    Scenario Outline: A rejection ends the attempt with WSAECONNREFUSED
      Given a listener
      When caller A requests a connection <how>
      And the server rejects caller A
      Then caller A's attempt fails with WSAECONNREFUSED

      Examples:
        | how               |
        | in the background |
        | and waits         |

    @CON-08 @ACC-08 @must @needs:refusal-visible
    Scenario: A rejection after a deferral ends the attempt, too
      Given a listener
      When caller A requests a connection and waits
      And the server defers caller A
      And the server rejects caller A
      Then caller A's attempt fails with WSAECONNREFUSED

    @CON-05 @must
    Scenario: A non-blocking connect returns at once
      Given a listener
      And a fresh caller A
      And caller A is non-blocking
      When caller A calls connect with the address of the listener
      Then caller A's call fails with WSAEWOULDBLOCK
      When the server accepts caller A
      Then caller A is connected
      And caller A and the accepted socket can talk

    @CON-05 @CON-20 @ACC-04 @must @needs:decided-connect
    Scenario: A non-blocking attempt goes on until the decision
      Given a listener
      When caller A requests a connection
      Then caller A is still waiting
      When the server defers caller A
      Then caller A is still waiting
      And SO_ERROR of caller A is 0
      When 300 ms pass
      Then caller A is still waiting
      When the server accepts caller A
      Then caller A is connected

    @CON-20 @must @needs:decided-connect
    Scenario: Repeated deferrals show nothing to the caller
      Given a listener
      When caller A requests a connection and waits
      And the server defers caller A
      And the server defers caller A
      And the server defers caller A
      Then caller A is still waiting
      When the server rejects caller A
      Then caller A's attempt fails with WSAECONNREFUSED

    @CON-09 @must
    Scenario: Nothing listens there
      Given a fresh caller A
      When caller A calls connect with an address where nothing listens
      Then caller A's call fails with WSAECONNREFUSED
      Given a fresh caller B
      When caller B calls WSAConnect with an address where nothing listens
      Then caller B's call fails with WSAECONNREFUSED

    @CON-09 @CON-19 @HND-27 @must
    Scenario: Nothing listens there, without blocking
      Given a fresh caller A
      And caller A is non-blocking
      When caller A calls connect with an address where nothing listens
      Then caller A's attempt fails with WSAECONNREFUSED
      And SO_ERROR of caller A is WSAECONNREFUSED

    @CON-21 @must
    Scenario: The plain connect carries no user data
      Given a listener
      And a fresh caller A
      When caller A calls connect with the address of the listener
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data | none |
      When the server's condition function accepts
      Then caller A's call succeeds

  Rule: The time-out

    @CON-10 @CON-33 @LSN-04 @ERR-37 @must @needs:decided-connect @needs:withdrawal-visible @needs:connect-timeout
    Scenario Outline: Without a decision the attempt times out
      Given a non-blocking listener
      And caller A has a connect time-out of 150 ms
      When caller A requests a connection <how>
      Then caller A's attempt fails with WSAETIMEDOUT
      And no request is pending on the listener

      Examples:
        | how               |
        | in the background |
        | and waits         |

    @CON-10 @ACC-60 @must @needs:decided-connect @needs:withdrawal-visible @needs:connect-timeout
    Scenario: A deferral does not stop the time-out
      Given a listener
      And caller A has a connect time-out of 250 ms
      When caller A requests a connection and waits
      And the server defers caller A
      And the server defers caller A
      Then caller A's attempt fails with WSAETIMEDOUT

    @CON-33 @must @needs:connect-timeout @needs:decided-connect
    Scenario: The time-out is 30 seconds unless it is set
      Given a fresh caller A
      Then the connect time-out of caller A is 30000 ms
      Given caller B has a connect time-out of 1234 ms
      Then the connect time-out of caller B is 1234 ms

    @CON-33 @must @needs:connect-timeout @needs-not:decided-connect
    Scenario: The kernel decides when an attempt times out unless it is set
      Given a fresh caller A
      Then the connect time-out of caller A is 0 ms
      Given caller B has a connect time-out of 1234 ms
      Then the connect time-out of caller B is 1234 ms

    @CON-33 @must @needs:connect-timeout @needs:decided-connect
    Scenario: A time-out that has not passed does no harm
      Given a listener
      And caller A has a connect time-out of 60000 ms
      When caller A requests a connection and waits
      And 300 ms pass
      Then caller A is still waiting
      When the server accepts caller A
      Then caller A is connected

    @CON-33 @must @needs:connect-timeout @needs:kernel-backlog
    Scenario: The time-out of a caller that the kernel keeps waiting
      Given a listener with a backlog of 1
      And caller B has a connect time-out of 200 ms
      When caller A requests a connection
      And caller B requests a connection and waits
      Then caller B's attempt fails with WSAETIMEDOUT

  Rule: Trying again

    @CON-11 @must
    Scenario: After nothing listened, the same socket can connect at once
      Given a listener
      And a fresh caller A
      When caller A calls connect with an address where nothing listens
      Then caller A's call fails with WSAECONNREFUSED
      When caller A calls connect with the address of the listener
      And the server accepts caller A
      Then caller A's call succeeds
      And caller A and the accepted socket can talk

    @CON-11 @must
    Scenario: After nothing listened twice, the third try counts as well
      Given a listener
      And a fresh caller A
      When caller A calls connect with an address where nothing listens
      Then caller A's call fails with WSAECONNREFUSED
      When caller A calls connect with an address where nothing listens
      Then caller A's call fails with WSAECONNREFUSED
      When caller A calls connect with the address of the listener
      And the server accepts caller A
      Then caller A's call succeeds

    @CON-11 @HND-27 @must
    Scenario: After a background attempt failed, the same socket can connect at once
      Given a listener
      And a fresh caller A
      And caller A is non-blocking
      When caller A calls connect with an address where nothing listens
      Then caller A's attempt fails with WSAECONNREFUSED
      And SO_ERROR of caller A is WSAECONNREFUSED
      When caller A is made blocking
      And caller A calls connect with the address of the listener
      And the server accepts caller A
      Then caller A's call succeeds
      And SO_ERROR of caller A is 0

    @CON-11 @must @needs:refusal-visible
    Scenario: After a rejection the same socket can connect at once
      Given a listener
      When caller A requests a connection and waits
      And the server rejects caller A
      Then caller A's attempt fails with WSAECONNREFUSED
      When caller A requests a connection and waits
      And the server accepts caller A
      Then caller A is connected
      And caller A and the accepted socket can talk

    @CON-11 @must @needs:decided-connect @needs:withdrawal-visible @needs:connect-timeout
    Scenario: After a time-out the same socket can connect at once
      Given a listener
      And caller A has a connect time-out of 200 ms
      When caller A requests a connection and waits
      Then caller A's attempt fails with WSAETIMEDOUT
      When caller A requests a connection and waits
      And the server accepts caller A
      Then caller A is connected

    @CON-36 @may @needs-not:kernel-handle
    Scenario: A bound socket whose attempt failed can listen
      Given a fresh socket S
      When the server calls bind on socket S with a local address
      And the server calls connect on socket S with an address where nothing listens
      Then the server's call fails with WSAECONNREFUSED
      When the server calls listen on socket S with a backlog of 5
      Then the server's call succeeds

  Rule: The socket's own error

    @CON-19 @HND-27 @must
    Scenario: A failed blocking attempt leaves no socket error
      Given a fresh caller A
      When caller A calls connect with an address where nothing listens
      Then caller A's call fails with WSAECONNREFUSED
      And SO_ERROR of caller A is 0

    @CON-19 @HND-27 @must @needs:refusal-visible
    Scenario: A rejection that ended a blocking attempt leaves no socket error
      Given a listener
      When caller A requests a connection and waits
      And the server rejects caller A
      Then caller A's attempt fails with WSAECONNREFUSED
      And SO_ERROR of caller A is 0

    @CON-19 @HND-27 @must @needs:decided-connect @needs:withdrawal-visible @needs:connect-timeout
    Scenario: Nor does a time-out of a blocking attempt
      Given a listener
      And caller A has a connect time-out of 150 ms
      When caller A requests a connection and waits
      Then caller A's attempt fails with WSAETIMEDOUT
      And SO_ERROR of caller A is 0

    @CON-19 @HND-27 @must @needs:decided-connect @needs:withdrawal-visible @needs:connect-timeout
    Scenario: A time-out of a background attempt stays readable
      Given a listener
      And caller A has a connect time-out of 150 ms
      When caller A requests a connection
      Then caller A's attempt fails with WSAETIMEDOUT
      And SO_ERROR of caller A is WSAETIMEDOUT
      And SO_ERROR of caller A is WSAETIMEDOUT

    @CON-19 @HND-27 @must @needs:exact-backlog @needs:active-refusal
    Scenario Outline: The error of a full queue
      Given a listener with a backlog of 1
      When caller A requests a connection
      And caller B requests a connection <how>
      Then caller B's attempt fails with WSAECONNREFUSED
      And SO_ERROR of caller B is <error>

      Examples:
        | how               | error           |
        | in the background | WSAECONNREFUSED |
        | and waits         | 0               |

    @HND-27 @CON-19 @must
    Scenario: Reading the socket error does not clear it
      Given a fresh caller A
      And caller A is non-blocking
      When caller A calls connect with an address where nothing listens
      Then caller A's attempt fails with WSAECONNREFUSED
      And SO_ERROR of caller A is WSAECONNREFUSED
      And SO_ERROR of caller A is WSAECONNREFUSED
      And SO_ERROR of caller A is WSAECONNREFUSED

    @HND-27 @CON-19 @must @needs:refusal-visible
    Scenario: The error of a rejection stays until an attempt succeeds
      Given a listener
      When caller A requests a connection
      And the server rejects caller A
      Then caller A's attempt fails with WSAECONNREFUSED
      And SO_ERROR of caller A is WSAECONNREFUSED
      When caller A calls connect with the address of the listener
      Then caller A's call fails with WSAEWOULDBLOCK
      And SO_ERROR of caller A is WSAECONNREFUSED
      When the server accepts caller A
      Then caller A and the accepted socket can talk
      And SO_ERROR of caller A is 0

    @HND-27 @must @needs:abort
    Scenario: A reset leaves no socket error
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And SO_LINGER of the accepted socket is set to 1:0
      And the server calls closesocket on the accepted socket
      Then the connection of caller A is reset
      And SO_ERROR of caller A is 0

  Rule: States in which connect fails

    @CON-06 @ERR-15 @must @needs:decided-connect
    Scenario: One attempt at a time
      Given a listener
      When caller A requests a connection
      And caller A calls connect with the address of the listener
      Then caller A's call fails with WSAEALREADY
      When caller A calls WSAConnect with the address of the listener
      Then caller A's call fails with WSAEALREADY
      And the server accepts caller A
      And caller A and the accepted socket can talk

    @CON-06 @must @needs:kernel-backlog
    Scenario: One attempt at a time, where the kernel keeps the caller waiting
      Given a listener with a backlog of 1
      When caller A requests a connection
      And caller B requests a connection
      Then caller B's attempt is under way
      When caller B calls connect with the address of the listener
      Then caller B's call fails with WSAEALREADY

    @CON-07 @ERR-34 @must
    Scenario: A connected socket is connected
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      Then caller A is connected
      And connect on caller A with the address of the listener fails with WSAEISCONN
      And WSAConnect on caller A with the address of the listener fails with WSAEISCONN
      And connect on the accepted socket with the address of the listener fails with WSAEISCONN
      And caller A and the accepted socket can talk

    @CON-34 @should @needs:abort
    Scenario: A broken connection does not reconnect silently
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And SO_LINGER of the accepted socket is set to 1:0
      And the server calls closesocket on the accepted socket
      Then the connection of caller A is reset
      When caller A calls connect with the address of the listener
      Then caller A's call fails

    @CON-35 @must @needs:decided-connect
    Scenario: No data before the connection exists
      Given a listener
      When caller A requests a connection
      Then recv on caller A with room for 16 bytes fails with WSAENOTCONN
      And send on caller A with data "early" fails with WSAENOTCONN
      When the server accepts caller A
      Then caller A and the accepted socket can talk

    @CON-35 @must @needs:kernel-backlog
    Scenario: No data while the kernel keeps the caller waiting
      Given a listener with a backlog of 1
      When caller A requests a connection
      And caller B requests a connection
      Then caller B's attempt is under way
      And recv on caller B with room for 16 bytes fails with WSAENOTCONN
      And send on caller B with data "early" fails with WSAENOTCONN

    @CON-35 @must
    Scenario: No data on a socket that never connected
      Given a fresh caller A
      Then recv on caller A with room for 16 bytes fails with WSAENOTCONN
      And send on caller A with data "early" fails with WSAENOTCONN

  Rule: Destinations that cannot be

    @CON-12 @ERR-27 @must @needs:port-addresses
    Scenario Outline: An all-zero host or port is no destination
      Given a listener
      And a fresh caller A
      When caller A calls <function> with the address of the listener <part>
      Then caller A's call fails with WSAEADDRNOTAVAIL
      And caller A's socket can still connect

      Examples:
        | function   | part                  |
        | connect    | with an all-zero host |
        | connect    | with port 0           |
        | WSAConnect | with an all-zero host |
        | WSAConnect | with port 0           |

    @CON-13 @ERR-25 @must
    Scenario: A destination of another family
      Given a listener
      And a fresh caller A
      When caller A calls connect with an address of another family
      Then caller A's call fails with WSAEAFNOSUPPORT
      And caller A's socket can still connect

    @CON-13 @must @needs:raw-lengths
    Scenario Outline: A destination that is too short
      Given a listener
      And a fresh caller A
      When caller A calls <function> with the address of the listener and a length of <length>
      Then caller A's call fails with WSAEFAULT
      And caller A's socket can still connect

      Examples:
        | function   | length |
        | connect    | 0      |
        | connect    | 3      |
        | WSAConnect | 8      |

    @CON-13 @must @needs:null-pointers
    Scenario: No destination
      Given a listener
      And a fresh caller A
      When caller A calls connect with a NULL address
      Then caller A's call fails with WSAEFAULT

    @CON-14 @ERR-29 @must @needs:network-errors
    Scenario: An unreachable network
      Given a fresh caller A
      When caller A calls connect with an address in an unreachable network
      Then caller A's call fails with WSAENETUNREACH

    @CON-14 @CON-11 @must @needs:network-errors
    Scenario: After an unreachable network the same socket can connect at once
      Given a listener
      And a fresh caller A
      When caller A calls connect with an address in an unreachable network
      Then caller A's call fails with WSAENETUNREACH
      And caller A's socket can still connect

  Rule: User data

    @CON-22 @ACC-31 @UDA-11 @must @needs:connect-data
    Scenario Outline: Without caller data the condition function is given none
      Given a listener
      When caller A requests a connection with <data>
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data | none |

      Examples:
        | data              |
        | no caller data    |
        | empty caller data |

    @CON-23 @must @needs:connect-data
    Scenario: Without a callee structure the answer is discarded
      Given a listener
      When caller A requests a connection
      And the server accepts caller A, having written callee data "discarded"
      Then caller A is connected
      And caller A and the accepted socket can talk

    @CON-24 @CON-25 @UDA-03 @must @needs:connect-data
    Scenario Outline: The answer is in place when connect has succeeded
      Given a listener
      When caller A requests a connection <how> with room for 32 bytes of callee data
      And the server accepts caller A, having written callee data <data>
      Then caller A is connected
      And caller A has received callee data <data>
      And caller A and the accepted socket can talk

      Examples:
        | how               | data           |
        | and waits         | "welcome"      |
        | in the background | "welcome"      |
        | and waits         | 0x00ff000a0d00 |

    @CON-24 @must @needs:connect-data
    Scenario Outline: Without an answer the length is 0
      Given a listener
      When caller A requests a connection <how> with room for 32 bytes of callee data
      And the server accepts caller A
      Then caller A is connected
      And caller A's callee length is 0

      Examples:
        | how               |
        | and waits         |
        | in the background |

    @UDA-13 @CON-24 @must @needs:connect-data
    Scenario: An answer longer than the buffer is cut, and the connection stands
      Given a listener
      When caller A requests a connection and waits with room for 4 bytes of callee data
      And the server accepts caller A, having written callee data "longer"
      Then caller A is connected
      And caller A has received callee data "long"
      And caller A and the accepted socket can talk

    @CON-26 @UDA-28 @must @needs:connect-data
    Scenario Outline: Caller data beyond the limit is refused and no request is sent
      Given a non-blocking listener
      And a fresh caller A
      When caller A calls WSAConnect with the address of the listener and caller data of <size>
      Then caller A's call fails with WSAEFAULT
      And no request is pending on the listener

      Examples:
        | size                                |
        | one byte more than the largest size |
        | 5000 bytes                          |

    @CON-26 @UDA-09 @ACC-32 @must @needs:connect-data
    Scenario: Caller data of the largest size is carried whole
      Given a listener
      When caller A requests a connection with caller data of the largest size
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data | of the largest size |

    @CON-27 @ERR-21 @must @needs-not:connect-data
    Scenario: Caller data where it is not supported
      Given a non-blocking listener
      And a fresh caller A
      When caller A calls WSAConnect with the address of the listener and caller data "hello"
      Then caller A's call fails with WSAEPROTONOSUPPORT
      And no request is pending on the listener

    @CON-27 @UDA-11 @must @needs-not:connect-data
    Scenario: Empty caller data needs no support
      Given a listener
      When caller A requests a connection with empty caller data
      Then the server accepts caller A
      And caller A is connected

    @CON-32 @must @needs:connect-data @needs:refusal-visible
    Scenario Outline: After a failed attempt the callee length is 0
      Given a listener
      When caller A requests a connection <how> with room for 32 bytes of callee data
      And the server rejects caller A, having <effect>
      Then caller A's attempt fails with WSAECONNREFUSED
      And caller A's callee length is 0

      Examples:
        | how               | effect                    |
        | and waits         | done nothing              |
        | and waits         | written callee data "no!" |
        | in the background | written callee data "no!" |

    @CON-32 @must @needs:connect-data
    Scenario: Nobody there, no callee data
      Given a fresh caller A
      When caller A calls WSAConnect with an address where nothing listens and room for 16 bytes of callee data
      Then caller A's call fails with WSAECONNREFUSED
      And caller A's call returns callee-len 0

    @CON-32 @must @needs:connect-data @needs:connect-timeout @needs:withdrawal-visible
    Scenario: After a time-out the callee length is 0
      Given a listener
      And caller A has a connect time-out of 150 ms
      When caller A requests a connection and waits with room for 16 bytes of callee data
      Then caller A's attempt fails with WSAETIMEDOUT
      And caller A's callee length is 0

    @CON-29 @QOS-09 @ERR-23 @must @needs:qos
    Scenario: A flow specification that cannot be met
      Given a non-blocking listener
      And a fresh caller A
      When caller A calls WSAConnect with the address of the listener and a QOS that cannot be met
      Then caller A's call fails with WSAEOPNOTSUPP
      And no request is pending on the listener

    @QOS-10 @must @needs-not:qos @needs:qos-parameter
    Scenario: A flow specification where QOS is not supported
      Given a non-blocking listener
      And a fresh caller A
      When caller A calls WSAConnect with the address of the listener and a QOS
      Then caller A's call fails with WSAEOPNOTSUPP
      And no request is pending on the listener

    @QOS-06 @QOS-07 @QOS-02 @must @needs:qos @needs:qos-parameter
    Scenario: The QOS that the condition function sets is that of the connection
      Given a listener
      When caller A requests a connection with a QOS
      And the server accepts caller A, having set the QOS
      Then caller A is connected
      And the QOS of the accepted socket is the changed one
      And the QOS of caller A is the changed one, turned round

    @QOS-06 @QOS-07 @must @needs:qos @needs:qos-parameter
    Scenario: Unchanged, the QOS of the connection is that of the caller
      Given a listener
      When caller A requests a connection with a QOS
      And the server accepts caller A
      Then caller A is connected
      And the QOS of caller A is its own
      And the QOS of the accepted socket is that of the caller, turned round

  Rule: Giving up

    @CON-30 @LSN-31 @must @needs:decided-connect @needs:withdrawal-visible
    Scenario: Closing a socket whose attempt is undecided withdraws the request
      Given a non-blocking listener
      When caller A requests a connection
      And caller A calls closesocket
      Then caller A's call succeeds
      And no request is pending on the listener

    @CON-30 @ACC-64 @must @needs:decided-connect @needs:withdrawal-visible
    Scenario: Closing succeeds while the request is deferred
      Given a listener
      When caller A requests a connection
      And the server defers caller A
      And caller A calls closesocket
      Then caller A's call succeeds
