Feature: Deferral
  A deferred request is not decided. It stays at the head of the backlog queue, its caller goes on waiting, and the next
  accept call shows the same request again.

  Rule: The deferred request is shown again

    @ACC-08 @ACC-07 @must
    Scenario Outline: A later call decides
      Given a listener
      When caller A requests a connection
      And the server defers caller A
      And the server <decision> caller A
      Then caller A is <state>

      Examples:
        | decision | state     |
        | accepts  | connected |
        | rejects  | rejected  |

    @ACC-08 @ACC-05 @must
    Scenario: The connection of a deferred request is whole
      Given a listener
      When caller A requests a connection
      And the server defers caller A
      And the server accepts caller A
      Then caller A is connected
      And caller A and the accepted socket can talk
      And getpeername of the accepted socket is the address of caller A
      And getsockname of the accepted socket is the address of the listener

    @ACC-67 @must
    Scenario: A request may be deferred any number of times
      Given a listener
      When caller A requests a connection
      And the server defers caller A 50 times
      Then caller A is still waiting
      And the server accepts caller A
      And caller A and the accepted socket can talk

    @ACC-08 @ACC-45 @ACC-33 @must
    Scenario: Everything is shown as before
      Given a listener
      When caller A requests a connection
      And the server defers caller A
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller id   | the address of caller A     |
        | callee id   | the address of the listener |
        | caller data | none                        |
        | QOS         | none                        |

    @ACC-08 @must
    Scenario: A thread may decide what another has deferred
      Given a listener
      When caller A requests a connection
      And the server defers caller A
      And another thread defers caller A
      Then a third thread accepts caller A
      And caller A and the accepted socket can talk

  Rule: The deferred request keeps its place

    @ACC-68 @ACC-07 @ACC-02 @must
    Scenario: Before requests that came later
      Given a listener
      When caller A requests a connection
      And the server defers caller A
      And callers B to C request connections
      Then the server defers caller A
      And the server accepts caller A
      And the server accepts caller B
      And the server accepts caller C

    @ACC-68 @ACC-09 @must
    Scenario: Before requests that were queued already
      Given a listener
      When callers A to C request connections
      Then the server defers caller A
      And the server defers caller A
      And the server rejects caller A
      And the server defers caller B
      And the server accepts caller B
      And the server accepts caller C

    @ACC-68 @must
    Scenario: The requests behind it are in order
      Given a listener with a backlog of 10
      When callers A to D request connections
      And the server defers caller A
      And callers E to F request connections
      Then the server accepts caller A
      And the server rejects caller B
      And the server accepts caller C
      And the server accepts caller D
      And the server defers caller E
      And the server rejects caller E
      And the server accepts caller F

    @ACC-09 @ACC-68 @must
    Scenario: A new arrival is not shown while the head is deferred
      Given a non-blocking listener
      When caller A requests a connection
      And the server defers caller A
      And caller B requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server's condition function defers
      Then the server's call fails with WSATRY_AGAIN
      And caller B is still waiting

    @ACC-07 @ACC-11 @must
    Scenario: Deferral on one listener does not hold up another
      Given a listener
      And a second listener
      When caller A requests a connection
      And caller B requests a connection to the second listener
      And the server defers caller A
      Then the server accepts caller B on the second listener
      And caller B and the accepted socket of B can talk
      And the server accepts caller A

  Rule: No waiting for a deferred request

    @ACC-66 @must
    Scenario Outline: The call asks at once
      Given a <mode> listener
      When caller A requests a connection
      And the server defers caller A
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server's condition function defers
      Then the server's call fails with WSATRY_AGAIN
      When the server calls accept on the listener
      Then the server's call succeeds
      And getpeername of the accepted socket is the address of caller A

      Examples:
        | mode         |
        | blocking     |
        | non-blocking |

    @ACC-66 @ACC-15 @must
    Scenario: Once it is decided the queue is empty again
      Given a non-blocking listener
      When caller A requests a connection
      And the server defers caller A
      And the server accepts caller A
      And the server calls WSAAccept on the listener
      Then the server's condition function is not called
      And the server's call fails with WSAEWOULDBLOCK

    @ACC-66 @ACC-55 @must
    Scenario: A thread that was waiting is shown what another has deferred
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls WSAAccept on the listener
      And the server's condition function defers
      Then the server's call fails with WSATRY_AGAIN
      And another thread's condition function is called for caller A
      When another thread's condition function accepts
      Then another thread's call succeeds
      And caller A and the accepted socket can talk
