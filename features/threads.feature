Feature: Several threads on one listener
  Threads may share a listener. No request is ever shown to two of them at once, and closing the listener from another
  thread ends the calls that wait on it.

  Rule: One request, one thread

    @ACC-55 @must
    Scenario: A second accept waits until the first has decided
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls WSAAccept on the listener
      Then another thread's call is still under way
      When the server's condition function accepts
      Then the server's call succeeds
      And another thread's condition function is called for caller B
      When another thread's condition function rejects
      Then another thread's call fails with WSAECONNREFUSED
      And caller B is rejected
      And caller A is connected

    @ACC-55 @ACC-26 @must
    Scenario: A second accept waits for a request of its own
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls WSAAccept on the listener
      And the server's condition function rejects
      Then the server's call fails with WSAECONNREFUSED
      And another thread's call is still under way
      When caller B requests a connection
      Then another thread's condition function is called for caller B
      When another thread's condition function accepts
      Then another thread's call succeeds

    @ACC-55 @ACC-28 @must
    Scenario: A second accept without condition function waits as well
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls accept on the listener
      Then another thread's call is still under way
      When the server's condition function accepts
      Then the server's call succeeds
      And another thread's call succeeds
      And getpeername of the accepted socket is the address of caller B

    @ACC-55 @ACC-08 @ACC-27 @must
    Scenario: A second accept without condition function takes what the first defers
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls accept on the listener
      And the server's condition function defers
      Then the server's call fails with WSATRY_AGAIN
      And another thread's call succeeds
      And getpeername of the accepted socket is the address of caller A

    @ACC-55 @must
    Scenario Outline: A non-blocking listener fails instead
      Given a non-blocking listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls <call>
      Then another thread's call fails with WSAEWOULDBLOCK
      When the server's condition function accepts
      Then the server's call succeeds
      And another thread accepts caller B

      Examples:
        | call                      |
        | WSAAccept on the listener |
        | accept on the listener    |

    @ACC-55 @ACC-66 @must
    Scenario: While a deferred request is shown again, nobody else is shown it
      Given a non-blocking listener
      When callers A to B request connections
      And the server defers caller A
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls WSAAccept on the listener
      Then another thread's call fails with WSAEWOULDBLOCK
      When the server's condition function defers
      Then the server's call fails with WSATRY_AGAIN
      And another thread accepts caller A

    @ACC-55 @ACC-22 @must @needs:withdrawal-visible
    Scenario: A second accept goes on when the first one's request is withdrawn
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls WSAAccept on the listener
      And caller A closes
      And the server's condition function accepts
      Then the server's call fails with WSAEACCES
      And another thread's condition function is called for caller B

    @ACC-55 @ACC-59 @must @needs:raise
    Scenario: A second accept goes on when the first one's function ends abnormally
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls WSAAccept on the listener
      And the server's condition function raises
      Then the server's call ends abnormally
      And another thread's condition function is called for caller A
      When another thread's condition function accepts
      Then another thread's call succeeds
      And caller A and the accepted socket can talk

    @ACC-55 @LSN-07 @must
    Scenario: Three threads take three requests
      Given a listener
      When the server calls accept on the listener
      And another thread calls accept on the listener
      And a third thread calls accept on the listener
      And callers A to C request connections
      Then the server's call succeeds
      And another thread's call succeeds
      And a third thread's call succeeds
      And caller A is connected
      And caller B is connected
      And caller C is connected

    @ACC-55 @ACC-53 @must
    Scenario: A decision on one listener does not hold up another
      Given a listener
      And a second listener
      When caller A requests a connection
      And caller B requests a connection to the second listener
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And another thread accepts caller B on the second listener
      When the server's condition function accepts
      Then the server's call succeeds

    @HND-14 @must
    Scenario: A socket can be used from every thread
      Given a listener
      When caller A requests a connection
      And another thread accepts caller A
      And the server calls send on the accepted socket with data "from the first thread"
      Then the server's call succeeds
      And caller A receives "from the first thread"

  Rule: Closing the listener

    @ACC-56 @ACC-57 @ERR-07 @must
    Scenario Outline: A blocked accept ends at once
      Given a listener
      When the server calls <call>
      Then the server's call is still under way
      When another thread calls closesocket on the listener
      Then another thread's call succeeds
      And the server's call fails with WSAEINTR

      Examples:
        | call                      |
        | WSAAccept on the listener |
        | accept on the listener    |

    @ACC-56 @ACC-57 @must
    Scenario: Every blocked accept ends
      Given a listener
      When the server calls WSAAccept on the listener
      And a third thread calls accept on the listener
      And another thread calls closesocket on the listener
      Then another thread's call succeeds
      And the server's call fails with WSAEINTR
      And a third thread's call fails with WSAEINTR

    @ACC-56 @ACC-57 @ACC-55 @must
    Scenario: An accept that waits for another's decision ends, too
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When a third thread calls WSAAccept on the listener
      Then a third thread's call is still under way
      When another thread calls closesocket on the listener
      Then a third thread's call fails with WSAEINTR
      When the server's condition function accepts
      Then the server's call fails with WSAEINTR
      And caller A is refused
      And caller B is refused

    @ACC-58 @must
    Scenario Outline: Closing while the condition function decides voids the decision
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls closesocket on the listener
      Then another thread's call succeeds
      When the server's condition function <decision>
      Then the server's call fails with WSAEINTR
      And caller A is refused
      And caller B is refused

      Examples:
        | decision |
        | accepts  |
        | rejects  |
        | defers   |

    @ACC-58 @must
    Scenario: Closing while a deferred request is shown again
      Given a listener
      When caller A requests a connection
      And the server defers caller A
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls closesocket on the listener
      Then another thread's call succeeds
      When the server's condition function accepts
      Then the server's call fails with WSAEINTR
      And caller A is refused

    @ACC-58 @SKT-19 @must
    Scenario: Connections accepted before are not affected
      Given a listener
      When callers A to B request connections
      And the server accepts caller A
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller B
      When another thread calls closesocket on the listener
      And the server's condition function accepts
      Then the server's call fails with WSAEINTR
      And caller A and the accepted socket of A can talk

    @ACC-56 @LSN-12 @must
    Scenario: After closing, the address is free although an accept was blocked there
      Given a listener
      And a fresh socket S
      When the server calls WSAAccept on the listener
      And another thread calls closesocket on the listener
      Then the server's call fails with WSAEINTR
      When the server calls bind on socket S with the address of the listener
      Then the server's call succeeds
