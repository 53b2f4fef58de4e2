Feature: The backlog queue
  Requests that nobody has decided wait in the listener's backlog queue, the oldest at its head.

  Rule: The queue is first-in first-out

    @LSN-07 @ACC-02 @must
    Scenario: The oldest request is handled first
      Given a listener
      When caller A requests a connection
      And caller B requests a connection
      And caller C requests a connection
      Then the server accepts caller A
      And the server accepts caller B
      And the server accepts caller C

    @LSN-07 @ACC-02 @must
    Scenario: Decisions of every kind keep the order
      Given a listener with a backlog of 8
      When callers A to E request connections
      Then the server rejects caller A
      And the server accepts caller B
      And the server defers caller C
      And the server accepts caller C
      And the server accepts caller D without a condition function
      And the server rejects caller E

    @LSN-07 @must
    Scenario: Requests that come while others are handled go to the end
      Given a listener
      When callers A to B request connections
      And the server accepts caller A
      And caller C requests a connection
      And caller D requests a connection
      Then the server accepts caller B
      And the server accepts caller C
      And the server rejects caller D

    @LSN-03 @must
    Scenario: An undecided request stays
      Given a listener
      When callers A to B request connections
      And 700 ms pass
      Then callers A to B are still waiting
      And the server accepts caller A
      And the server accepts caller B
      And caller A is connected
      And caller B is connected

  Rule: The backlog limits the queue

    @LSN-02 @LSN-21 @LSN-22 @must @should @needs:exact-backlog @needs:active-refusal
    Scenario Outline: As many requests fit as the backlog says
      Given a listener with a backlog of <backlog>
      When callers A to <last> request connections
      And caller X requests a connection
      Then caller X's attempt fails with WSAECONNREFUSED
      And callers A to <last> are still waiting
      And the server accepts callers A to <last>
      And callers A to <last> are connected

      Examples:
        | backlog | last |
        | 1       | A    |
        | 2       | B    |
        | 3       | C    |
        | 5       | E    |

    @LSN-20 @LSN-22 @must @needs:exact-backlog @needs:active-refusal
    Scenario: A backlog of 0 is a backlog of 1
      Given a listener with a backlog of 0
      When caller A requests a connection
      And caller B requests a connection
      Then caller B's attempt fails with WSAECONNREFUSED
      And caller A is still waiting
      And the server accepts caller A

    @LSN-02 @LSN-20 @LSN-21 @LSN-36 @must @should @needs:kernel-backlog
    Scenario Outline: The kernel's queue is the backlog
      Given a listener with a backlog of <backlog>
      When callers A to <last> request connections
      And caller X requests a connection
      Then callers A to <last> are connected
      And caller X's attempt is under way
      When the server accepts caller A
      Then caller X is connected after a retry

      Examples:
        | backlog | last |
        | 0       | A    |
        | 1       | A    |
        | 3       | C    |

    @LSN-05 @LSN-18 @must @needs:settings @needs:exact-backlog @needs:active-refusal
    Scenario Outline: A backlog above the ceiling is the ceiling
      Given the backlog ceiling is 2
      And a listener with a backlog of <backlog>
      When callers A to B request connections
      And caller C requests a connection
      Then caller C's attempt fails with WSAECONNREFUSED
      And callers A to B are still waiting
      And the server accepts callers A to B

      Examples:
        | backlog    |
        | 3          |
        | 1000       |
        | 2147483647 |
        | -1         |

    @LSN-05 @LSN-18 @must @needs:settings @needs:kernel-backlog
    Scenario Outline: Also where the kernel's queue is the backlog
      Given the backlog ceiling is 2
      And a listener with a backlog of <backlog>
      When callers A to C request connections
      Then callers A to B are connected
      And caller C's attempt is under way

      Examples:
        | backlog    |
        | 1000       |
        | 2147483647 |

    @LSN-22 @must @needs:active-refusal @needs:exact-backlog
    Scenario: A waiting caller is refused at once when the queue is full
      Given a listener with a backlog of 1
      When caller A requests a connection
      And caller B requests a connection and waits
      Then caller B's attempt fails with WSAECONNREFUSED
      And caller A is still waiting

    @LSN-22 @CON-11 @must @needs:active-refusal @needs:exact-backlog
    Scenario: A caller that found the queue full can try again
      Given a listener with a backlog of 1
      And a fresh caller B
      When caller A requests a connection
      And caller B requests a connection and waits
      Then caller B's attempt fails with WSAECONNREFUSED
      When the server accepts caller A
      And caller B requests a connection
      Then the server accepts caller B
      And caller B and the accepted socket can talk

    @LSN-23 @must @needs:exact-backlog @needs:active-refusal
    Scenario: A deferred request keeps its slot
      Given a listener with a backlog of 2
      When caller A requests a connection
      And the server defers caller A
      And caller B requests a connection
      And caller C requests a connection
      Then caller C's attempt fails with WSAECONNREFUSED
      And callers A to B are still waiting

    @LSN-23 @must @needs:exact-backlog @needs:active-refusal
    Scenario: Deferring again and again takes and gives no slot
      Given a listener with a backlog of 2
      When caller A requests a connection
      And the server defers caller A
      And the server defers caller A
      And the server defers caller A
      And caller B requests a connection
      And caller C requests a connection
      Then caller C's attempt fails with WSAECONNREFUSED
      And the server accepts caller A
      And the server accepts caller B

    @LSN-23 @LSN-22 @must @needs:exact-backlog @needs:active-refusal
    Scenario: A request that is being decided keeps its slot
      Given a listener with a backlog of 1
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When caller B requests a connection
      Then caller B's attempt fails with WSAECONNREFUSED
      When the server's condition function accepts
      Then the server's call succeeds
      When caller C requests a connection
      Then the server accepts caller C

    @LSN-24 @must @needs:exact-backlog @needs:active-refusal
    Scenario Outline: A decided request gives its slot back
      Given a listener with a backlog of 1
      When caller A requests a connection
      And the server <decision> caller A
      And caller B requests a connection
      Then caller B is still waiting
      When caller C requests a connection
      Then caller C's attempt fails with WSAECONNREFUSED
      And the server accepts caller B

      Examples:
        | decision |
        | accepts  |
        | rejects  |

    @LSN-24 @must @needs:exact-backlog @needs:active-refusal
    Scenario Outline: A request decided after a deferral gives its slot back
      Given a listener with a backlog of 1
      When caller A requests a connection
      And the server defers caller A
      And the server <decision>
      And caller B requests a connection
      Then caller B is still waiting
      When caller C requests a connection
      Then caller C's attempt fails with WSAECONNREFUSED

      Examples:
        | decision                                      |
        | accepts caller A                              |
        | rejects caller A                              |
        | accepts caller A without a condition function |

    @LSN-22 @ACC-20 @must @needs:exact-backlog @needs:active-refusal @needs:raw-decision
    Scenario: A request with an invalid answer keeps its slot
      Given a listener with a backlog of 1
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      And the server's condition function returns 9
      And caller B requests a connection
      Then caller B's attempt fails with WSAECONNREFUSED
      And the server accepts caller A

    @LSN-22 @ACC-59 @must @needs:exact-backlog @needs:active-refusal @needs:raise
    Scenario: A request whose condition function ended abnormally keeps its slot
      Given a listener with a backlog of 1
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      And the server's condition function raises
      And caller B requests a connection
      Then caller B's attempt fails with WSAECONNREFUSED
      And the server accepts caller A
      When caller C requests a connection
      Then caller C is still waiting

  Rule: Listening again sets the backlog anew

    @LSN-25 @must @needs:exact-backlog @needs:active-refusal
    Scenario: A larger backlog takes more requests
      Given a listener with a backlog of 1
      When caller A requests a connection
      And the server calls listen on the listener with a backlog of 3
      Then the server's call succeeds
      When callers B to C request connections
      And caller D requests a connection
      Then caller D's attempt fails with WSAECONNREFUSED
      And callers A to C are still waiting
      And the server accepts callers A to C

    @LSN-25 @LSN-26 @must @needs:exact-backlog @needs:active-refusal @needs:refusal-visible
    Scenario: A smaller backlog drops the newest requests
      Given a listener with a backlog of 5
      When callers A to E request connections
      And the server calls listen on the listener with a backlog of 2
      Then the server's call succeeds
      And caller C's attempt fails with WSAECONNREFUSED
      And caller D's attempt fails with WSAECONNREFUSED
      And caller E's attempt fails with WSAECONNREFUSED
      And callers A to B are still waiting
      When caller F requests a connection
      Then caller F's attempt fails with WSAECONNREFUSED
      And the server accepts caller A
      And the server accepts caller B

    @LSN-26 @must @needs:exact-backlog @needs:active-refusal @needs:refusal-visible
    Scenario: A caller that waits is told when its request is dropped
      Given a listener with a backlog of 2
      When caller A requests a connection
      And caller B requests a connection and waits
      And the server calls listen on the listener with a backlog of 1
      Then caller B's attempt fails with WSAECONNREFUSED
      And caller A is still waiting

    @LSN-25 @LSN-26 @must @needs:exact-backlog @needs:active-refusal @needs:refusal-visible
    Scenario: A deferred head survives a smaller backlog
      Given a listener with a backlog of 3
      When callers A to C request connections
      And the server defers caller A
      And the server calls listen on the listener with a backlog of 1
      Then caller B's attempt fails with WSAECONNREFUSED
      And caller C's attempt fails with WSAECONNREFUSED
      And caller A is still waiting
      And the server accepts caller A

    @LSN-25 @LSN-26 @must @needs:exact-backlog @needs:active-refusal @needs:refusal-visible
    Scenario: A request that is being decided survives a smaller backlog
      Given a listener with a backlog of 3
      When callers A to C request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls listen on the listener with a backlog of 1
      Then another thread's call succeeds
      And caller B's attempt fails with WSAECONNREFUSED
      And caller C's attempt fails with WSAECONNREFUSED
      When the server's condition function accepts
      Then the server's call succeeds
      And caller A is connected
      When caller D requests a connection
      Then caller D is still waiting

    @LSN-25 @must
    Scenario: Listening again disturbs no request that still fits
      Given a listener with a backlog of 5
      When callers A to B request connections
      And the server calls listen on the listener with a backlog of 2
      Then the server's call succeeds
      And callers A to B are still waiting
      And the server accepts caller A
      And the server accepts caller B
      And SO_ACCEPTCONN of the listener is 1

    @LSN-25 @must @needs:kernel-backlog
    Scenario: Where the kernel's queue is the backlog, queued requests stay
      Given a listener with a backlog of 4
      When callers A to D request connections
      And the server calls listen on the listener with a backlog of 1
      Then the server's call succeeds
      And the server accepts callers A to D

  Rule: A closed listener refuses what it had queued

    @LSN-28 @must
    Scenario: Closing refuses every queued request
      Given a listener
      When callers A to C request connections
      And the server calls closesocket on the listener
      Then the server's call succeeds
      And caller A is refused
      And caller B is refused
      And caller C is refused

    @LSN-28 @must
    Scenario: Closing refuses the deferred request, too
      Given a listener
      When callers A to B request connections
      And the server defers caller A
      And the server calls closesocket on the listener
      Then the server's call succeeds
      And caller A is refused
      And caller B is refused

    @LSN-28 @must @needs:decided-connect
    Scenario: A caller that waits is refused when the listener closes
      Given a listener
      When caller A requests a connection and waits
      And the server calls closesocket on the listener
      Then caller A's attempt fails with WSAECONNREFUSED

    @LSN-28 @CON-09 @must
    Scenario: Nobody reaches a closed listener
      Given a listener
      When the server calls closesocket on the listener
      And caller A requests a connection and waits
      Then caller A's attempt fails with WSAECONNREFUSED

    @LSN-28 @LSN-06 @must
    Scenario: A new listener at the address of a closed one has a queue of its own
      Given a listener
      And a fresh socket S
      When callers A to B request connections
      And the server calls closesocket on the listener
      And the server calls bind on socket S with the address of the listener
      And the server calls listen on socket S with a backlog of 5
      Then the server's call succeeds
      And caller A is refused
      And caller B is refused
      When caller C requests a connection
      And the server calls accept on socket S
      Then the server's call succeeds
      And getpeername of the accepted socket is the address of caller C

    @LSN-28 @must @needs:kernel-handle
    Scenario Outline: Closing leaves no descriptor behind
      Given the open descriptors of the server are counted
      And a listener
      When callers A to B request connections
      And the server <decision> caller A
      And the server calls closesocket on the listener
      Then the server's call succeeds
      And caller B is refused
      And the server has as many descriptors open as before

      Examples:
        | decision |
        | rejects  |
        | defers   |

    @LSN-28 @ACC-56 @must @needs:kernel-handle
    Scenario: Closing under a blocked accept leaves no descriptor behind
      Given the open descriptors of the server are counted
      And a listener
      When the server calls accept on the listener
      And another thread calls closesocket on the listener
      Then the server's call fails with WSAEINTR
      And the server has as many descriptors open as before

    @LSN-28 @ACC-58 @must @needs:kernel-handle
    Scenario: Closing while the condition function decides leaves no descriptor behind
      Given the open descriptors of the server are counted
      And a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When another thread calls closesocket on the listener
      And the server's condition function defers
      Then the server's call fails with WSAEINTR
      And caller A is refused
      And the server has as many descriptors open as before

  Rule: Without a free handle the queue goes on

    @LSN-27 @ACC-24 @ERR-12 @must @needs:descriptor-limit
    Scenario: accept fails and leaves the request queued
      Given a listener
      And a fresh caller C
      When callers A to B request connections
      And no handle is left to the server
      And the server calls WSAAccept on the listener
      Then the server's call fails with WSAEMFILE
      When the server calls accept on the listener
      Then the server's call fails with WSAEMFILE
      When caller C requests a connection
      And handles are free again
      Then the server accepts callers A to C
      And caller A and the accepted socket of A can talk

    @LSN-27 @ACC-15 @ACC-24 @must @needs:descriptor-limit
    Scenario: An empty queue is an empty queue
      Given a non-blocking listener
      And a fresh caller A
      When no handle is left to the server
      And the server calls WSAAccept on the listener
      Then the server's call fails with WSAEWOULDBLOCK
      When handles are free again
      And caller A requests a connection
      Then the server accepts caller A

    @LSN-27 @ACC-03 @must @needs:descriptor-limit
    Scenario: A blocking accept still waits for a request
      Given a listener
      And a fresh caller A
      When no handle is left to the server
      And the server calls WSAAccept on the listener
      Then the server's call is still under way
      When caller A requests a connection
      Then the server's call fails with WSAEMFILE
      When handles are free again
      Then the server accepts caller A
