@needs:select
Feature: select
  A program that does not register for network events can ask which calls would not block.

  Rule: Listeners

    @EVT-64 @should
    Scenario: With a request that waits
      Given a listener
      Then the listener is not selected for reading
      When caller A requests a connection
      Then the listener is selected for reading
      And the listener is selected for reading
      When the server accepts caller A
      Then the listener is not selected for reading

    @EVT-63 @ACC-09 @should
    Scenario: Not while the head is deferred
      Given a listener
      When callers A to B request connections
      And the server defers caller A
      Then the listener is not selected for reading
      When caller C requests a connection
      Then the listener is not selected for reading
      When the server rejects caller A
      Then the listener is selected for reading

    @EVT-63 @should
    Scenario: A thread sleeps in it while the head is deferred
      Given a listener
      When callers A to B request connections
      And the server defers caller A
      And the server selects the listener for reading
      Then the server's call is still under way
      When another thread accepts caller A
      Then the server's call returns read listener

    @EVT-64 @should
    Scenario: One of several
      Given a listener
      And a second listener
      When the server selects the listener and the second listener for reading
      Then the server's call is still under way
      When caller A requests a connection to the second listener
      Then the server's call returns read listener-2

  Rule: Connections

    @EVT-64 @should
    Scenario: With data, and ended by the peer
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      Then the accepted socket is not selected for reading
      And the accepted socket is selected for writing
      When caller A calls send with data "data"
      Then the accepted socket is selected for reading
      And the accepted socket receives "data"
      And the accepted socket is not selected for reading
      When caller A calls closesocket
      Then the accepted socket is selected for reading
      And the accepted socket reaches the end of the stream

    @EVT-64 @should @needs:urgent-data
    Scenario: With urgent data
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls send with data "!" and MSG_OOB
      Then the accepted socket is selected for an exception
      And the accepted socket is not selected for reading
      When the server calls recv on the accepted socket with room for 4 bytes and MSG_OOB
      Then the server's call returns data "!"
      And the accepted socket is not selected for an exception

    @EVT-64 @should @needs:urgent-data
    Scenario: With urgent data in the stream
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And SO_OOBINLINE of the accepted socket is set to 1
      And caller A calls send with data "!" and MSG_OOB
      Then the accepted socket is selected for reading
      And the accepted socket is not selected for an exception

  Rule: Attempts

    @CON-18 @should
    Scenario: One that has succeeded
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      Then caller A is selected for writing
      And caller A is not selected for an exception

    @CON-18 @CON-20 @should @needs:decided-connect
    Scenario: One that goes on
      Given a listener
      When caller A requests a connection
      And the server defers caller A
      Then caller A is not selected for writing
      And caller A is not selected for an exception
      When the server rejects caller A
      Then caller A is selected for an exception
      And caller A is not selected for writing

    @CON-18 @should
    Scenario Outline: One that has failed
      Given a fresh caller A
      And caller A is <mode>
      When caller A calls WSAConnect with an address where nothing listens
      Then caller A is selected for an exception
      And caller A is not selected for writing

      Examples:
        | mode         |
        | non-blocking |
        | blocking     |

  Rule: What cannot be selected

    @EVT-64 @HND-16 @should
    Scenario: A closed socket
      Given a listener
      And a fresh socket A
      And the server calls closesocket on socket A
      When the server selects the listener and socket A for reading
      Then the server's call fails with WSAENOTSOCK

    @EVT-64 @should
    Scenario: A socket that is closed meanwhile
      Given a listener
      When the server selects the listener for reading
      Then the server's call is still under way
      When another thread calls closesocket on the listener
      Then another thread's call succeeds
      And the server's call ends

    @EVT-64 @should
    Scenario: A socket may be named twice
      Given a listener
      When caller A requests a connection
      And the server selects the listener and the listener for reading
      Then the server's call succeeds
