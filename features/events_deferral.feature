@needs:events
Feature: Network events and deferral
  While the head of the backlog queue is deferred the listener is silent: a server that waits for events sleeps until
  something has changed, and does not spin on the request that it cannot decide yet.

  Rule: Silence behind a deferred request

    @ACC-09 @ACC-62 @EVT-13 @EVT-60 @must
    Scenario: Neither the deferred request nor a new one is told of
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then FD_ACCEPT is recorded on the listener
      When the server defers caller A
      Then the event object is not set
      And nothing is recorded on the listener
      When caller B requests a connection
      Then the event object is not set
      And nothing is recorded on the listener
      And caller B is still waiting

    @ACC-09 @ACC-62 @EVT-14 @must
    Scenario: Requests that were queued already are not told of either
      Given a listener
      And the listener is registered for FD_ACCEPT
      When callers A to C request connections
      And the events of the listener are enumerated
      And the server defers caller A
      Then the event object is not set
      And nothing is recorded on the listener

    @ACC-62 @EVT-18 @EVT-13 @must
    Scenario: A deferral takes what was not enumerated
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then the event object is set
      When the server defers caller A
      Then the event object is set
      And nothing is recorded on the listener

    @ACC-62 @ACC-67 @must
    Scenario: It lasts through further deferrals
      Given a listener
      And the listener is registered for FD_ACCEPT
      When callers A to B request connections
      And the events of the listener are enumerated
      And the server defers caller A
      And the server defers caller A
      And the server defers caller A
      And caller C requests a connection
      Then the event object is not set
      And nothing is recorded on the listener

    @ACC-09 @EVT-01 @must
    Scenario: A thread that waits for events sleeps
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then FD_ACCEPT is recorded on the listener
      When the server defers caller A
      And the server waits for the event object
      And caller B requests a connection
      Then the server's call is still under way
      When another thread accepts caller A
      Then the server's wait ends
      And FD_ACCEPT is recorded on the listener
      And another thread accepts caller B

    @ACC-65 @must
    Scenario: A registration that comes later is as silent
      Given a non-blocking listener
      When callers A to B request connections
      And the server defers caller A
      And the listener is registered for FD_ACCEPT
      Then the event object is not set
      And nothing is recorded on the listener
      When caller C requests a connection
      Then the event object is not set
      And nothing is recorded on the listener

    @ACC-65 @EVT-16 @must
    Scenario: Neither does registering again end the silence
      Given a listener
      And the listener is registered for FD_ACCEPT
      When callers A to B request connections
      And the events of the listener are enumerated
      And the server defers caller A
      And the registration of the listener is cancelled
      And the listener is registered for FD_ACCEPT with the second event object
      Then the second event object is not set
      And nothing is recorded on the listener

    @ACC-09 @ACC-11 @must
    Scenario: Another listener is not silent
      Given a listener
      And a second listener
      And the listener is registered for FD_ACCEPT
      And the second listener is registered for FD_ACCEPT with the second event object
      When caller A requests a connection
      And the events of the listener are enumerated
      And the server defers caller A
      And caller B requests a connection to the second listener
      Then the second event object is set
      And FD_ACCEPT is recorded on the second listener
      And the event object is not set

    @ACC-09 @EVT-11 @must
    Scenario: Other sockets are not silent
      Given a listener
      And the listener is registered for FD_ACCEPT and FD_READ
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller B requests a connection
      And the events of the listener are enumerated
      And the server defers caller B
      And caller A calls send with data "goes on"
      Then the event object is set
      And FD_READ is recorded on the accepted socket of A
      And nothing is recorded on the listener

  Rule: A decision ends the silence

    @ACC-63 @ACC-61 @must
    Scenario Outline: What waits behind is told of at once
      Given a listener
      And the listener is registered for FD_ACCEPT
      When callers A to B request connections
      And the events of the listener are enumerated
      And the server defers caller A
      Then the event object is not set
      When the server <decision> caller A
      Then the event object is set
      And FD_ACCEPT is recorded on the listener
      And nothing more is recorded on the listener
      And the server accepts caller B

      Examples:
        | decision |
        | accepts  |
        | rejects  |

    @ACC-63 @ACC-61 @must
    Scenario Outline: Nothing is told of where nothing waits
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      And the events of the listener are enumerated
      And the server defers caller A
      And the server <decision> caller A
      Then the event object is not set
      And nothing is recorded on the listener
      When caller B requests a connection
      Then the event object is set
      And FD_ACCEPT is recorded on the listener

      Examples:
        | decision |
        | accepts  |
        | rejects  |

    @ACC-63 @must
    Scenario: An accept call without a condition function ends it, too
      Given a listener
      And the listener is registered for FD_ACCEPT
      When callers A to B request connections
      And the events of the listener are enumerated
      And the server defers caller A
      And the server accepts caller A without a condition function
      Then the event object is set
      And FD_ACCEPT is recorded on the listener

    @ACC-21 @ACC-20 @EVT-13 @must @needs:raw-decision
    Scenario: So does a value that is no decision
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      And the events of the listener are enumerated
      And the server defers caller A
      Then the event object is not set
      When the server calls WSAAccept on the listener
      And the server's condition function returns 7
      Then the server's call fails with WSAEINVAL
      And the event object is set
      And FD_ACCEPT is recorded on the listener
      And the server accepts caller A

    @ACC-64 @ACC-63 @must
    Scenario Outline: So does the withdrawal of the deferred request
      Given a listener
      And the listener is registered for FD_ACCEPT
      When callers A to B request connections
      And the events of the listener are enumerated
      And the server defers caller A
      Then the event object is not set
      When caller A <withdraws>
      Then the event object is set
      And FD_ACCEPT is recorded on the listener
      When the server calls WSAAccept on the listener
      Then the server's call fails with <error>
      When the server resets the event object
      Then the server accepts caller B

      @needs:withdrawal-visible
      Examples:
        | withdraws | error     |
        | closes    | WSAEACCES |

      @needs:withdrawal-visible
      Examples:
        | withdraws | error         |
        | resets    | WSAECONNRESET |

    @ACC-64 @must @needs:withdrawal-visible
    Scenario: A withdrawal behind the deferred request is not told of
      Given a listener
      And the listener is registered for FD_ACCEPT
      When callers A to B request connections
      And the events of the listener are enumerated
      And the server defers caller A
      And caller B closes
      Then the event object is not set
      And nothing is recorded on the listener

  Rule: While a request is being decided

    @ACC-09 @ACC-61 @must
    Scenario: The listener is silent until the decision
      Given a listener
      And the listener is registered for FD_ACCEPT
      When callers A to B request connections
      And the events of the listener are enumerated
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the event object is not set
      When caller C requests a connection
      Then the event object is not set
      And nothing is recorded on the listener
      When the server's condition function accepts
      Then the server's call succeeds
      And the event object is set
      And FD_ACCEPT is recorded on the listener

    @ACC-51 @must
    Scenario Outline: The listener's registration cannot be changed inside the function
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      And the events of the listener are enumerated
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls <call>
      Then the server's call fails with WSAEINPROGRESS
      When the server's condition function accepts
      Then the server's call succeeds
      When caller B requests a connection
      Then the event object is set
      And FD_ACCEPT is recorded on the listener

      Examples:
        | call                                                              |
        | WSAEventSelect on the listener with no event object and no events |
        | WSAEventSelect on the listener with the event object and FD_CLOSE |

      @needs:message-mode
      Examples:
        | call                                                                 |
        | WSAAsyncSelect on the listener with no port, message 0 and no events |

    @ACC-53 @must
    Scenario: Event objects and other sockets can be used inside the function
      Given a listener
      And a second listener
      And the listener is registered for FD_ACCEPT
      And a second event object
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls WSASetEvent with the second event object
      Then the server's call succeeds
      And the second event object is set
      When the server calls WSAResetEvent with the second event object
      Then the server's call succeeds
      When the server calls WSAEventSelect on the second listener with the second event object and FD_ACCEPT
      Then the server's call succeeds
      When caller B requests a connection to the second listener
      And the server waits for the second event object
      Then the server's wait ends with the first
      When the server calls WSAEnumNetworkEvents on the second listener with the second event object
      Then the server's call returns events FD_ACCEPT
      When the server's condition function accepts
      Then the server's call succeeds

    @ACC-58 @EVT-32 @must
    Scenario: A listener that is closed meanwhile tells of nothing more
      Given a listener
      And the listener is registered for FD_ACCEPT
      When callers A to B request connections
      And the events of the listener are enumerated
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls closesocket on the listener
      Then another thread's call succeeds
      When the server's condition function accepts
      Then the server's call fails with WSAEINTR
      And the event object is not set
