@needs:events
Feature: Network events
  What happens to a socket is recorded on it, and sets the event object that is registered for it. The program takes the
  record, and with it learns of the error that came with a connect attempt or with the end of a connection.

  Rule: FD_ACCEPT tells of connection requests

    @EVT-01 @EVT-02 @EVT-05 @EVT-11 @EVT-59 @must
    Scenario: A request sets the event object
      Given a listener
      And the listener is registered for FD_ACCEPT
      Then the event object is not set
      When caller A requests a connection
      Then the event object is set
      And FD_ACCEPT is recorded on the listener
      And the event object is not set
      And nothing more is recorded on the listener
      And the server accepts caller A without a condition function

    @EVT-01 @must
    Scenario: A server that waits for events blocks nowhere else
      Given a listener
      And the listener is registered for FD_ACCEPT
      When the server waits for the event object
      Then the server's call is still under way
      When caller A requests a connection
      Then the server's wait ends with the first
      And FD_ACCEPT is recorded on the listener
      And the server accepts caller A

    @EVT-60 @EVT-11 @must
    Scenario: A further request is told of before the first is accepted
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then FD_ACCEPT is recorded on the listener
      And the event object is not set
      When caller B requests a connection
      Then the event object is set
      And FD_ACCEPT is recorded on the listener
      And nothing more is recorded on the listener

    @EVT-12 @EVT-13 @EVT-14 @ACC-61 @must
    Scenario Outline: A decision tells of the next request at once
      Given a listener
      And the listener is registered for FD_ACCEPT
      When callers A to C request connections
      And the events of the listener are enumerated
      Then nothing more is recorded on the listener
      When the server <decision> caller A
      Then the event object is set
      And FD_ACCEPT is recorded on the listener
      When the server accepts caller B without a condition function
      Then the event object is set
      And FD_ACCEPT is recorded on the listener
      When the server rejects caller C
      Then the event object is not set
      And nothing is recorded on the listener

      Examples:
        | decision |
        | accepts  |
        | rejects  |

    @EVT-13 @EVT-12 @must
    Scenario: An accept call that finds no request enables it, too
      Given a listener
      And the listener is registered for FD_ACCEPT
      Then accept on the listener fails with WSAEWOULDBLOCK
      When caller A requests a connection
      Then FD_ACCEPT is recorded on the listener

    @EVT-13 @must @needs:address-buffers
    Scenario: An accept call with wrong arguments does not
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then FD_ACCEPT is recorded on the listener
      And accept on the listener with an address buffer of 4 bytes fails with WSAEFAULT
      And nothing more is recorded on the listener
      And the event object is not set

    @EVT-18 @ACC-61 @EVT-58 @must
    Scenario: An accept call takes what was not enumerated, and leaves the event object set
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then the event object is set
      When the server accepts caller A without a condition function
      Then the event object is set
      And nothing is recorded on the listener
      And accept on the listener fails with WSAEWOULDBLOCK

  Rule: FD_CONNECT tells how an attempt has ended

    @EVT-03 @CON-03 @CON-04 @CON-15 @CON-16 @CON-17 @EVT-17 @EVT-29 @must
    Scenario: With success
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_CONNECT and FD_WRITE
      When caller A requests a connection
      And the server accepts caller A
      Then the event object of caller A is set
      And FD_CONNECT and FD_WRITE are recorded on caller A
      And the event object of caller A is not set
      And nothing more is recorded on caller A

    @CON-15 @EVT-25 @must
    Scenario: Without FD_WRITE where it is not asked for
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_CONNECT
      When caller A requests a connection
      And the server accepts caller A
      Then FD_CONNECT is recorded on caller A
      And nothing more is recorded on caller A

    @CON-16 @CON-11 @EVT-03 @EVT-29 @must
    Scenario: With the error where nothing listens
      Given a fresh caller A
      And caller A is registered for FD_CONNECT and FD_WRITE
      When caller A calls WSAConnect with an address where nothing listens
      Then the event object of caller A is set
      And FD_CONNECT with WSAECONNREFUSED is recorded on caller A
      And nothing more is recorded on caller A

    @CON-08 @CON-16 @EVT-29 @must @needs:refusal-visible
    Scenario: With the error of a rejection
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_CONNECT, FD_WRITE and FD_CLOSE
      When caller A requests a connection
      And the server rejects caller A
      Then FD_CONNECT with WSAECONNREFUSED is recorded on caller A
      And nothing more is recorded on caller A

    @CON-16 @must @needs:refusal-visible
    Scenario: Once for each attempt
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_CONNECT
      When caller A requests a connection
      And the server rejects caller A
      Then FD_CONNECT with WSAECONNREFUSED is recorded on caller A
      When caller A requests a connection
      Then nothing is recorded on caller A
      When the server accepts caller A
      Then FD_CONNECT is recorded on caller A
      And nothing more is recorded on caller A

    @CON-20 @EVT-60 @must @needs:decided-connect
    Scenario: Not while the request is deferred
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_READ, FD_WRITE, FD_CONNECT and FD_CLOSE
      When caller A requests a connection
      And the server defers caller A
      Then the event object of caller A is not set
      And nothing is recorded on caller A
      And SO_ERROR of caller A is 0
      When the server defers caller A
      Then nothing is recorded on caller A
      When the server accepts caller A
      Then FD_WRITE and FD_CONNECT are recorded on caller A

    @CON-20 @CON-10 @EVT-29 @must @needs:decided-connect @needs:connect-timeout
    Scenario: With the time-out of a deferred request
      Given a listener
      And caller A has a connect time-out of 50 ms
      And caller A is registered for FD_CONNECT
      When caller A requests a connection
      And the server defers caller A
      Then FD_CONNECT with WSAETIMEDOUT is recorded on caller A
      And nothing more is recorded on caller A

    @CON-25 @must @needs:connect-data
    Scenario: When callee data is there
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_CONNECT
      When caller A requests a connection with room for 32 bytes of callee data
      And the server accepts caller A, having written callee data "welcome"
      Then the event object of caller A is set
      And FD_CONNECT is recorded on caller A
      And caller A has received callee data "welcome"

    @SKT-11 @must
    Scenario: It is not told of accepted sockets
      Given a listener
      And the listener is registered for FD_ACCEPT, FD_CONNECT and FD_WRITE
      When caller A requests a connection
      And the server accepts caller A
      Then FD_WRITE is recorded on the accepted socket
      And nothing more is recorded on the accepted socket

  Rule: FD_READ tells of data

    @EVT-11 @EVT-14 @must
    Scenario: Data sets the event object, and more data does again
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ
      Then nothing is recorded on the accepted socket
      When caller A calls send with data "one"
      Then the event object is set
      And FD_READ is recorded on the accepted socket
      And the event object is not set
      When caller A calls send with data "two"
      Then the event object is set
      And FD_READ is recorded on the accepted socket
      And nothing more is recorded on the accepted socket

    @EVT-14 @EVT-12 @must
    Scenario: A receive that leaves something tells of it again
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ
      And caller A calls send with data "four"
      Then FD_READ is recorded on the accepted socket
      When the server calls recv on the accepted socket with room for 2 bytes
      Then the event object is set
      And FD_READ is recorded on the accepted socket
      When the server calls recv on the accepted socket with room for 2 bytes
      Then the event object is not set
      And nothing is recorded on the accepted socket
      When caller A calls send with data "more"
      Then FD_READ is recorded on the accepted socket

    @EVT-14 @must
    Scenario: A look at the data leaves all of it
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ
      And caller A calls send with data "here"
      Then FD_READ is recorded on the accepted socket
      When the server calls recv on the accepted socket with room for 16 bytes and MSG_PEEK
      Then FD_READ is recorded on the accepted socket
      And nothing more is recorded on the accepted socket

    @EVT-14 @EVT-20 @DIS-34 @must @needs:message-oriented
    Scenario: Messages are told of one by one
      Given sockets are message-oriented
      And a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_CLOSE
      And caller A calls send with data "one"
      And caller A calls send with data "two"
      Then FD_READ is recorded on the accepted socket
      And the accepted socket receives "one"
      And FD_READ is recorded on the accepted socket
      And the accepted socket receives "two"
      And nothing is recorded on the accepted socket
      When caller A calls WSASendDisconnect with no data
      Then FD_CLOSE is recorded on the accepted socket
      And recv on the accepted socket with room for 16 bytes fails with WSAEDISCON

    @EVT-13 @EVT-58 @must
    Scenario: A receive that finds nothing enables it, too
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ
      Then recv on the accepted socket with room for 16 bytes fails with WSAEWOULDBLOCK
      When caller A calls send with data "late"
      Then FD_READ is recorded on the accepted socket

    @EVT-18 @EVT-58 @must
    Scenario: A receive takes what was not enumerated, and leaves the event object set
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ
      And caller A calls send with data "read first"
      Then the event object is set
      And the accepted socket receives "read first"
      And the event object is set
      And nothing is recorded on the accepted socket

    @EVT-11 @must
    Scenario: In both directions
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_READ
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the server calls send on the accepted socket with data "down"
      Then FD_READ is recorded on caller A
      And caller A receives "down"

  Rule: FD_WRITE tells of room

    @EVT-17 @EVT-18 @must
    Scenario: A send is not followed by it
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_WRITE
      When caller A requests a connection
      And the server accepts caller A
      Then FD_WRITE is recorded on caller A
      When caller A calls send with data "some"
      Then caller A's call succeeds
      And nothing is recorded on caller A
      And the event object of caller A is not set

    @EVT-18 @must
    Scenario: A send leaves it recorded
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_WRITE
      When caller A requests a connection
      And the server accepts caller A
      Then the event object of caller A is set
      When caller A calls send with data "some"
      Then caller A's call succeeds
      And the event object of caller A is set
      And FD_WRITE is recorded on caller A

    @EVT-17 @EVT-12 @must
    Scenario: Room after a send that would have blocked
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A is registered for FD_WRITE
      Then FD_WRITE is recorded on caller A
      When caller A sends until it would block
      Then nothing is recorded on caller A
      When the server receives everything
      Then the event object of caller A is set
      And FD_WRITE is recorded on caller A
      And nothing more is recorded on caller A

  Rule: FD_CLOSE tells of the end of the connection

    @EVT-04 @DIS-06 @DIS-38 @DIS-48 @EVT-19 @EVT-29 @must
    Scenario Outline: The peer ends it
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_CLOSE
      Then nothing is recorded on the accepted socket
      When caller A calls <call>
      Then the event object is set
      And FD_CLOSE is recorded on the accepted socket
      And nothing more is recorded on the accepted socket
      And the accepted socket reaches the end of the stream
      And nothing more is recorded on the accepted socket

      Examples:
        | call                           |
        | WSASendDisconnect with no data |
        | shutdown with direction send   |
        | shutdown with direction both   |
        | closesocket                    |

    @EVT-04 @DIS-02 @DIS-38 @must @needs:disconnect-data
    Scenario: The peer ends it with disconnect data
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_CLOSE
      When caller A calls WSASendDisconnect with disconnect data "bye"
      Then FD_CLOSE is recorded on the accepted socket
      And WSARecvDisconnect on the accepted socket hands over "bye"
      And nothing more is recorded on the accepted socket

    @DIS-10 @DIS-38 @must
    Scenario: The whole exchange, seen from the caller
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_CONNECT and FD_CLOSE
      When caller A requests a connection
      And the server accepts caller A
      Then FD_CONNECT is recorded on caller A
      When caller A calls WSASendDisconnect with no data
      Then the accepted socket reaches the end of the stream
      And nothing is recorded on caller A
      When the server calls WSASendDisconnect on the accepted socket with no data
      Then the event object of caller A is set
      And FD_CLOSE is recorded on caller A
      When the server calls closesocket on the accepted socket
      Then nothing more is recorded on caller A

    @DIS-38 @EVT-29 @ERR-31 @must @needs:abort
    Scenario: The peer breaks it
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_CLOSE
      And caller A resets
      Then FD_CLOSE with WSAECONNABORTED is recorded on the accepted socket
      And nothing more is recorded on the accepted socket
      And recv on the accepted socket with room for 16 bytes fails with WSAECONNRESET

    @EVT-20 @DIS-19 @EVT-19 @must
    Scenario: It is told of at once, whatever is unread
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_CLOSE
      And caller A calls send with data "last words"
      Then FD_READ is recorded on the accepted socket
      When caller A calls closesocket
      Then FD_CLOSE is recorded on the accepted socket
      And the accepted socket receives "last words"
      And the accepted socket reaches the end of the stream
      And nothing more is recorded on the accepted socket

    @DIS-49 @DIS-48 @must
    Scenario: A close after the end of its direction is no second one
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_CLOSE
      And caller A calls shutdown with direction send
      Then FD_CLOSE is recorded on the accepted socket
      When caller A calls closesocket
      Then nothing more is recorded on the accepted socket
      When the accepted socket is registered for FD_CLOSE
      Then nothing more is recorded on the accepted socket

    @DIS-48 @must
    Scenario Outline: What this side ends is no event
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_CLOSE
      And the server calls <call>
      Then the server's call succeeds
      And nothing is recorded on the accepted socket
      And the event object is not set

      Examples:
        | call                                                   |
        | shutdown on the accepted socket with direction send    |
        | shutdown on the accepted socket with direction receive |
        | WSASendDisconnect on the accepted socket with no data  |

    @DIS-48 @must
    Scenario: The peer may stop receiving
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_CLOSE
      And caller A calls shutdown with direction receive
      Then nothing is recorded on the accepted socket

    @DIS-50 @must
    Scenario: It is told of after this side has ended both directions
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_CLOSE
      And the server calls shutdown on the accepted socket with direction both
      Then the server's call succeeds
      And nothing is recorded on the accepted socket
      When caller A calls closesocket
      Then FD_CLOSE is recorded on the accepted socket
      And nothing more is recorded on the accepted socket

    @DIS-51 @EVT-32 @must
    Scenario: It is not told of a socket that is closed
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ, FD_WRITE and FD_CLOSE
      And the events of the accepted socket are enumerated
      And the server calls closesocket on the accepted socket
      Then the server's call succeeds
      When caller A calls closesocket
      Then the event object is not set
      When the server sets the event object
      Then the event object is set

  Rule: FD_OOB tells of urgent data

    @EVT-36 @EVT-12 @must @needs:urgent-data
    Scenario: It is told of urgent data and of nothing else
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_OOB
      And caller A calls send with data "!" and MSG_OOB
      Then the event object is set
      And FD_OOB is recorded on the accepted socket
      And nothing more is recorded on the accepted socket
      When the server calls recv on the accepted socket with room for 4 bytes and MSG_OOB
      Then the server's call returns data "!"
      And nothing is recorded on the accepted socket
      When caller A calls send with data "?" and MSG_OOB
      Then FD_OOB is recorded on the accepted socket

    @EVT-36 @EVT-11 @must @needs:urgent-data
    Scenario Outline: Data behind it is told of
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for FD_READ and FD_OOB
      And caller A calls send with data "!" and MSG_OOB
      Then FD_OOB is recorded on the accepted socket
      When the server calls <call>
      And caller A calls send with data "plain"
      Then FD_READ is recorded on the accepted socket
      And the accepted socket receives "plain"

      Examples:
        | call                                                          |
        | recv on the accepted socket with room for 4 bytes and MSG_OOB |
        | getsockname on the accepted socket                            |

    @EVT-36 @must @needs:urgent-data
    Scenario: In the stream it is data like other
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And SO_OOBINLINE of the accepted socket is set to 1
      And the accepted socket is registered for FD_READ and FD_OOB
      And caller A calls send with data "!" and MSG_OOB
      Then the event object is set
      And FD_READ is recorded on the accepted socket
      And nothing more is recorded on the accepted socket
      And the accepted socket receives "!"

    @EVT-36 @EVT-50 @must @needs:urgent-data @needs:message-mode
    Scenario: A message tells of it
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the accepted socket is registered for messages of FD_READ and FD_OOB
      And caller A calls send with data "!" and MSG_OOB
      Then a message tells of FD_OOB on the accepted socket
      And no more message waits in the port

  Rule: Other events

    @QOS-17 @EVT-33 @EVT-12 @must @needs:qos
    Scenario: FD_QOS tells of changes
      Given a listener
      And a fresh caller A
      And caller A is registered for FD_CONNECT and FD_QOS
      When caller A requests a connection with a QOS
      And the server accepts caller A
      Then FD_CONNECT is recorded on caller A
      And nothing more is recorded on caller A
      When the server calls SIO_SET_QOS on the accepted socket with another QOS
      Then the server's call succeeds
      And FD_QOS is recorded on caller A
      And nothing more is recorded on caller A
      And SIO_GET_QOS on caller A succeeds
      And nothing more is recorded on caller A
      When the server calls SIO_SET_QOS on the accepted socket with a QOS
      Then the server's call succeeds
      And FD_QOS is recorded on caller A

    @EVT-34 @EVT-35 @GRP-09 @must
    Scenario: Some can be asked for and never happen
      Given a listener
      And the listener is registered for FD_GROUP_QOS, FD_ROUTING_INTERFACE_CHANGE and FD_ADDRESS_LIST_CHANGE
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      Then nothing is recorded on the listener
      And nothing is recorded on the accepted socket
      And the event object is not set
