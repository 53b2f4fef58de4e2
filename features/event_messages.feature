@needs:events @needs:message-mode
Feature: Messages about network events
  Instead of setting an event object, network events can be posted to a notification port, one message for each. The next
  message for an event follows only after a call that enables it.

  Rule: One message for each event

    @EVT-50 @EVT-55 @EVT-01 @EVT-02 @CON-04 @must
    Scenario: It names the socket, the event and the number
      Given a listener
      And the listener is registered for messages of FD_ACCEPT with the number 4711
      Then no message waits in the port
      When caller A requests a connection
      Then a message tells of FD_ACCEPT on the listener with the number 4711
      And no more message waits in the port
      And the server accepts caller A

    @EVT-50 @EVT-03 @CON-03 @CON-04 @CON-15 @must
    Scenario: A connection that is established
      Given a listener
      And a fresh caller A
      And caller A is registered for messages of FD_CONNECT and FD_WRITE
      When caller A requests a connection
      And the server accepts caller A
      Then messages tell of FD_CONNECT and FD_WRITE on caller A
      And no more message waits in the port of caller A

    @EVT-50 @EVT-56 @EVT-57 @EVT-29 @CON-16 @must
    Scenario: It carries the error
      Given a fresh caller A
      And caller A is registered for messages of FD_CONNECT and FD_WRITE
      When caller A calls WSAConnect with an address where nothing listens
      Then a message tells of FD_CONNECT with WSAECONNREFUSED on caller A
      And no more message waits in the port of caller A

    @EVT-50 @DIS-38 @EVT-04 @must @needs:abort
    Scenario Outline: The end of a connection
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for messages of FD_READ and FD_CLOSE
      And caller A <ends>
      Then a message tells of <told> on the accepted socket
      And no more message waits in the port

      Examples:
        | ends   | told                          |
        | closes | FD_CLOSE                      |
        | resets | FD_CLOSE with WSAECONNABORTED |

    @EVT-55 @must
    Scenario: A thread can wait for it
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      When the server waits for a message
      Then the server's call is still under way
      When caller A requests a connection
      Then the server's call succeeds
      And the server's call returns event FD_ACCEPT

    @EVT-55 @EVT-42 @must
    Scenario: Or for a time
      Given a port
      When the server waits for a message for at most 20 ms
      Then the server's call succeeds
      And the server's call returns ended 0

    @EVT-55 @EVT-61 @must @needs:event-descriptors
    Scenario: The port has a descriptor
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      Then no message waits in the port
      And the descriptor of the port is not readable
      When caller A requests a connection
      Then the descriptor of the port is readable
      And a message tells of FD_ACCEPT on the listener
      And no more message waits in the port
      And the descriptor of the port is not readable

    @EVT-55 @EVT-62 @ERR-01 @must
    Scenario: A port that is closed ends the wait
      Given a port
      When the server waits for a message
      Then the server's call is still under way
      When the server closes the port
      Then the server's call fails with WSA_INVALID_HANDLE

    @EVT-55 @must
    Scenario: Sockets share a port
      Given a listener
      And a second listener
      And the listener is registered for messages of FD_ACCEPT
      And the second listener is registered for messages of FD_ACCEPT with the number 7
      When caller A requests a connection to the second listener
      Then a message tells of FD_ACCEPT on the second listener with the number 7
      When caller B requests a connection
      Then a message tells of FD_ACCEPT on the listener

  Rule: No further message before the event is enabled

    @EVT-51 @EVT-60 @must
    Scenario: Not for another request
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      When caller A requests a connection
      Then a message tells of FD_ACCEPT on the listener
      When caller B requests a connection
      Then no more message waits in the port
      When the server accepts caller A
      Then a message tells of FD_ACCEPT on the listener
      When the server accepts caller B
      Then no more message waits in the port

    @EVT-51 @EVT-12 @EVT-14 @must
    Scenario: Not for more data
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for messages of FD_READ
      And caller A calls send with data "one"
      Then a message tells of FD_READ on the accepted socket
      When caller A calls send with data "two"
      Then no more message waits in the port
      When the server calls recv on the accepted socket with room for 4 bytes and MSG_PEEK
      Then a message tells of FD_READ on the accepted socket
      When caller A calls send with data "three"
      Then no more message waits in the port

    @EVT-13 @EVT-51 @must
    Scenario: A call that finds nothing enables it
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      Then accept on the listener fails with WSAEWOULDBLOCK
      When caller A requests a connection
      Then a message tells of FD_ACCEPT on the listener
      When the server accepts caller A
      Then no more message waits in the port
      And accept on the listener fails with WSAEWOULDBLOCK
      When caller B requests a connection
      Then a message tells of FD_ACCEPT on the listener

    @EVT-13 @EVT-51 @must @needs:address-buffers
    Scenario: So does a call with wrong arguments
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      When caller A requests a connection
      Then a message tells of FD_ACCEPT on the listener
      And accept on the listener with an address buffer of 4 bytes fails with WSAEFAULT
      And a message tells of FD_ACCEPT on the listener

    @QOS-17 @EVT-33 @EVT-12 @EVT-51 @must @needs:qos
    Scenario: A change of the QOS is enabled by asking for it
      Given a listener
      When caller A requests a connection with a QOS
      And the server accepts caller A
      And caller A is connected
      And caller A is registered for messages of FD_QOS
      Then no message waits in the port of caller A
      When the server calls SIO_SET_QOS on the accepted socket with another QOS
      Then a message tells of FD_QOS on caller A
      When the server calls SIO_SET_QOS on the accepted socket with a QOS
      Then no more message waits in the port of caller A
      And SIO_GET_QOS on caller A succeeds
      And no more message waits in the port of caller A
      When the server calls SIO_SET_QOS on the accepted socket with another QOS
      Then a message tells of FD_QOS on caller A

    @ACC-09 @ACC-62 @EVT-51 @EVT-60 @must
    Scenario: Not behind a deferred request
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      When caller A requests a connection
      Then a message tells of FD_ACCEPT on the listener
      When the server defers caller A
      And caller B requests a connection
      Then no more message waits in the port
      When the server defers caller A
      Then no more message waits in the port
      When the server accepts caller A
      Then a message tells of FD_ACCEPT on the listener

    @ACC-65 @EVT-16 @must
    Scenario: Not by a registration while the head is deferred
      Given a non-blocking listener
      When callers A to B request connections
      And the server defers caller A
      And the listener is registered for messages of FD_ACCEPT
      Then no message waits in the port
      When the server rejects caller A
      Then a message tells of FD_ACCEPT on the listener

  Rule: A new registration

    @EVT-16 @EVT-51 @must
    Scenario: It posts what holds, whatever was told of before
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      When caller A requests a connection
      Then a message tells of FD_ACCEPT on the listener
      When the listener is registered for messages of FD_ACCEPT with the number 8
      Then a message tells of FD_ACCEPT on the listener with the number 8
      And no more message waits in the port

    @EVT-21 @EVT-16 @must
    Scenario: It posts FD_WRITE and not FD_CONNECT
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A is registered for messages of FD_CONNECT and FD_WRITE
      Then a message tells of FD_WRITE on caller A
      And no more message waits in the port of caller A

    @EVT-54 @should
    Scenario: Messages replace the event object
      Given a listener
      And the listener is registered for FD_ACCEPT
      And the listener is registered for messages of FD_ACCEPT
      Then accept on the listener fails with WSAEWOULDBLOCK
      When caller A requests a connection
      Then a message tells of FD_ACCEPT on the listener
      And the event object is not set
      And nothing is recorded on the listener

    @EVT-54 @EVT-07 @must
    Scenario: The event object replaces messages
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then the event object is set
      And FD_ACCEPT is recorded on the listener
      And no message waits in the port

    @EVT-54 @EVT-06 @must
    Scenario: The socket is non-blocking from then on
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      And the messages of the listener are cancelled
      Then accept on the listener fails with WSAEWOULDBLOCK
      When caller A requests a connection
      Then no message waits in the port
      And the server accepts caller A without a condition function

    @EVT-52 @should
    Scenario Outline: Messages that wait are dropped
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      When caller A requests a connection
      And <dropped>
      Then no message waits in the port

      Examples:
        | dropped                                      |
        | the messages of the listener are cancelled   |
        | the server calls closesocket on the listener |

    @EVT-52 @EVT-16 @should
    Scenario: A replaced registration leaves no message behind
      Given a listener
      And the listener is registered for messages of FD_ACCEPT
      When caller A requests a connection
      And the listener is registered for messages of FD_ACCEPT with the number 8
      Then a message tells of FD_ACCEPT on the listener with the number 8
      And no more message waits in the port

    @EVT-53 @should
    Scenario Outline: It needs a port
      Given a listener
      And the listener is registered for FD_ACCEPT
      And a port
      And the server closes the port
      When the server calls WSAAsyncSelect on the listener with <arguments>
      Then the server's call fails with WSAEINVAL
      When caller A requests a connection
      Then FD_ACCEPT is recorded on the listener

      Examples:
        | arguments                         |
        | no port, message 7 and FD_ACCEPT  |
        | the port, message 7 and FD_ACCEPT |

      @needs:raw-lengths
      Examples:
        | arguments                        |
        | no port, message 7 and mask 1024 |

  Rule: Accepted sockets inherit it

    @SKT-08 @SKT-02 @SKT-09 @must
    Scenario: The port and the number
      Given a listener
      And the listener is registered for messages of FD_ACCEPT, FD_READ, FD_WRITE and FD_CLOSE with the number 12
      When caller A requests a connection
      Then a message tells of FD_ACCEPT on the listener with the number 12
      When the server accepts caller A
      Then a message tells of FD_WRITE on the accepted socket with the number 12
      When caller A calls send with data "inherited"
      Then a message tells of FD_READ on the accepted socket with the number 12
      When caller A calls closesocket
      Then a message tells of FD_CLOSE on the accepted socket with the number 12
      And no more message waits in the port

    @SKT-08 @SKT-13 @must
    Scenario: Cancelled on the accepted socket it stays on the listener
      Given a listener
      And the listener is registered for messages of FD_ACCEPT and FD_READ
      When caller A requests a connection
      Then a message tells of FD_ACCEPT on the listener
      When the server accepts caller A
      And the messages of the accepted socket are cancelled
      And caller A is connected
      And caller A calls send with data "unasked"
      Then no message waits in the port
      When caller B requests a connection
      Then a message tells of FD_ACCEPT on the listener
