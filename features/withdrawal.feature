Feature: Withdrawal
  A caller may give up: its time-out passes, it closes its socket, or the connection is reset. What the server sees
  depends on whether a condition function has been called for the request.

  Rule: A request that nobody was asked about

    @LSN-33 @LSN-31 @LSN-04 @must @needs:withdrawal-visible
    Scenario Outline: It vanishes
      Given a non-blocking listener
      And caller A has a connect time-out of <time> ms
      When caller A requests a connection
      And caller A <withdraws>
      And the server calls WSAAccept on the listener
      Then the server's condition function is not called
      And the server's call fails with WSAEWOULDBLOCK
      When caller B requests a connection
      Then the server accepts caller B

      Examples:
        | time  | withdraws |
        | 150   | times out |
        | 30000 | closes    |

    @LSN-33 @LSN-31 @LSN-04 @must @needs:withdrawal-visible
    Scenario Outline: The next request takes its place at the head
      Given a listener
      And caller A has a connect time-out of <time> ms
      When caller A requests a connection
      And caller B requests a connection
      And caller A <withdraws>
      Then the server accepts caller B
      And caller B and the accepted socket can talk

      Examples:
        | time  | withdraws |
        | 150   | times out |
        | 30000 | closes    |

    @LSN-33 @LSN-31 @LSN-04 @must @needs:withdrawal-visible
    Scenario Outline: Behind the head it vanishes, too
      Given a listener
      And caller B has a connect time-out of <time> ms
      When callers A to C request connections
      And caller B <withdraws>
      Then the server accepts caller A
      And the server accepts caller C

      Examples:
        | time  | withdraws |
        | 250   | times out |
        | 30000 | closes    |
        | 30000 | resets    |

    @LSN-33 @ACC-68 @must @needs:withdrawal-visible
    Scenario Outline: Behind a deferred head it vanishes, too
      Given a listener
      And caller B has a connect time-out of <time> ms
      When callers A to C request connections
      And the server defers caller A
      And caller B <withdraws>
      Then the server accepts caller A
      And the server accepts caller C

      Examples:
        | time  | withdraws |
        | 250   | times out |
        | 30000 | closes    |
        | 30000 | resets    |

    @LSN-04 @LSN-31 @must @needs:withdrawal-visible @needs:exact-backlog @needs:active-refusal
    Scenario Outline: It gives its slot back
      Given a listener with a backlog of 2
      And caller B has a connect time-out of <time> ms
      When callers A to B request connections
      And caller B <withdraws>
      And caller C requests a connection
      Then caller C is still waiting
      When caller D requests a connection
      Then caller D's attempt fails with WSAECONNREFUSED
      And the server accepts caller A
      And the server accepts caller C

      Examples:
        | time  | withdraws |
        | 150   | times out |
        | 30000 | closes    |
        | 30000 | resets    |

    @LSN-33 @ACC-03 @must @needs:withdrawal-visible
    Scenario: A blocking accept does not wake up for a request that is gone
      Given a listener
      When caller A requests a connection
      And caller A closes
      And the server calls WSAAccept on the listener
      Then the server's call is still under way
      When caller B requests a connection
      Then the server's condition function is called for caller B

    @LSN-31 @CON-30 @must @needs:withdrawal-visible
    Scenario: Closing ends a blocking connect and withdraws its request
      Given a non-blocking listener
      When caller A requests a connection and waits
      And caller A closes
      Then caller A's call fails
      And no request is pending on the listener

  Rule: A request that was reset by its caller

    @ACC-23 @LSN-37 @must @needs:abort @needs:reset-visible
    Scenario Outline: The accept call that meets it fails once
      Given a non-blocking listener
      When caller A requests a connection
      And caller A resets
      And the server calls <call>
      Then the server's condition function is not called
      And the server's call fails with WSAECONNRESET
      And no request is pending on the listener

      Examples:
        | call                      |
        | WSAAccept on the listener |
        | accept on the listener    |

    @ACC-23 @LSN-37 @must @needs:abort @needs:reset-visible
    Scenario: The next call goes on with the next request
      Given a listener
      When callers A to B request connections
      And caller A resets
      And the server calls WSAAccept on the listener
      Then the server's condition function is not called
      And the server's call fails with WSAECONNRESET
      And the server accepts caller B
      And caller B and the accepted socket can talk

    @ACC-23 @ACC-03 @must @needs:abort @needs:reset-visible @needs-not:decided-connect
    Scenario: A caller that has sent something and then resets
      Given a listener
      When caller A requests a connection
      And caller A is connected
      And caller A calls send with data "hello"
      And caller A resets
      And the server calls WSAAccept on the listener
      Then the server's condition function is not called
      And the server's call fails with WSAECONNRESET

    @LSN-37 @must @needs:abort @needs:reset-visible
    Scenario: A reset request is never shown
      Given a listener
      When callers A to C request connections
      And caller B resets
      Then the server accepts caller A
      And an accept call meets caller C after at most one WSAECONNRESET

    @ACC-23 @ACC-64 @LSN-37 @must @needs:abort @needs:reset-visible
    Scenario Outline: A deferred request that was reset
      Given a listener
      When callers A to B request connections
      And the server defers caller A
      And caller A resets
      And the server calls <call>
      Then the server's condition function is not called
      And the server's call fails with WSAECONNRESET
      And the server accepts caller B
      And caller B and the accepted socket of B can talk

      Examples:
        | call                                                     |
        | WSAAccept on the listener                                |
        | WSAAccept on the listener with a NULL condition function |
        | accept on the listener                                   |

    @ACC-23 @must @needs:abort @needs:reset-visible @needs:kernel-handle
    Scenario: A reset request leaves no descriptor behind
      Given a non-blocking listener
      And the open descriptors of the server are counted
      When callers A to B request connections
      And the server defers caller A
      And caller A resets
      And the server calls WSAAccept on the listener
      Then the server's call fails with WSAECONNRESET
      When the server rejects caller B
      Then the server has as many descriptors open as before

    @LSN-37 @must @needs:abort @needs:kernel-handle @needs:settings
    Scenario: A listener that does not check its callers shows what was reset
      Given the caller check is 0
      And a listener
      When caller A requests a connection
      And caller A resets
      And the server calls WSAAccept on the listener
      Then the server's condition function is called

  Rule: A request that was offered

    @ACC-64 @LSN-31 @LSN-04 @ERR-09 @must @needs:withdrawal-visible
    Scenario Outline: After a deferral the next accept call fails once
      Given a listener
      And caller A has a connect time-out of <time> ms
      When callers A to B request connections
      And the server defers caller A
      And caller A <withdraws>
      And the server calls <call>
      Then the server's condition function is not called
      And the server's call fails with <error>
      And the server accepts caller B

      Examples:
        | time  | withdraws | call                      | error         |
        | 250   | times out | WSAAccept on the listener | WSAEACCES     |
        | 30000 | closes    | WSAAccept on the listener | WSAEACCES     |
        | 30000 | resets    | WSAAccept on the listener | WSAECONNRESET |
        | 30000 | closes    | accept on the listener    | WSAEACCES     |
        | 30000 | resets    | accept on the listener    | WSAECONNRESET |

    @ACC-64 @ACC-15 @must @needs:withdrawal-visible
    Scenario: It fails once and not twice
      Given a non-blocking listener
      When caller A requests a connection
      And the server defers caller A
      And caller A closes
      And the server calls WSAAccept on the listener
      Then the server's call fails with WSAEACCES
      When the server calls WSAAccept on the listener
      Then the server's call fails with WSAEWOULDBLOCK

    @ACC-64 @LSN-04 @must @needs:withdrawal-visible @needs:exact-backlog @needs:active-refusal
    Scenario: A deferred request that was withdrawn gives its slot back
      Given a listener with a backlog of 1
      When caller A requests a connection
      And the server defers caller A
      And caller A closes
      And caller B requests a connection
      Then caller B is still waiting

    @ACC-64 @must @needs:withdrawal-visible
    Scenario: Two deferred requests withdrawn, one after the other
      Given a listener
      When callers A to C request connections
      And the server defers caller A
      And caller A closes
      And the server calls WSAAccept on the listener
      Then the server's call fails with WSAEACCES
      When the server defers caller B
      And caller B resets
      And the server calls WSAAccept on the listener
      Then the server's call fails with WSAECONNRESET
      And the server accepts caller C

    @ACC-64 @ACC-22 @ACC-59 @must @needs:withdrawal-visible @needs:raise
    Scenario Outline: After a function that ended abnormally the next accept call fails once
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      And the server's condition function raises
      Then the server's call ends abnormally
      When caller A <withdraws>
      And the server calls WSAAccept on the listener
      Then the server's condition function is not called
      And the server's call fails with <error>
      And the server accepts caller B

      Examples:
        | withdraws | error         |
        | closes    | WSAEACCES     |
        | resets    | WSAECONNRESET |

    @ACC-64 @ACC-22 @ACC-21 @must @needs:withdrawal-visible @needs:raw-decision
    Scenario: After an invalid answer the next accept call fails once
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      And the server's condition function returns 5
      Then the server's call fails with WSAEINVAL
      When caller A closes
      And the server calls WSAAccept on the listener
      Then the server's condition function is not called
      And the server's call fails with WSAEACCES
      And the server accepts caller B

    @LSN-32 @ACC-22 @must @needs:withdrawal-visible
    Scenario Outline: While the condition function decides
      Given a listener
      And caller A has a connect time-out of <time> ms
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When caller A <withdraws>
      And the server's condition function accepts
      Then the server's call fails with <error>
      And the server accepts caller B
      And caller B and the accepted socket of B can talk

      Examples:
        | time  | withdraws | error         |
        | 250   | times out | WSAEACCES     |
        | 30000 | closes    | WSAEACCES     |
        | 30000 | resets    | WSAECONNRESET |

    @ACC-22 @must @needs:withdrawal-visible
    Scenario Outline: While the condition function decides, whatever it decides
      Given a non-blocking listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When caller A closes
      And the server's condition function <decision>
      Then the server's call fails with WSAEACCES
      And no request is pending on the listener

      Examples:
        | decision |
        | accepts  |
        | rejects  |
        | defers   |

    @LSN-32 @ACC-22 @must @needs:withdrawal-visible
    Scenario: While the condition function decides for the second time
      Given a non-blocking listener
      When caller A requests a connection
      And the server defers caller A
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When caller A closes
      And the server's condition function accepts
      Then the server's call fails with WSAEACCES
      And no request is pending on the listener

    @LSN-32 @LSN-33 @must @needs:withdrawal-visible
    Scenario: While the condition function decides about another
      Given a listener
      When callers A to C request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When caller B closes
      And the server's condition function accepts
      Then the server's call succeeds
      And the server accepts caller C

    @LSN-32 @LSN-04 @must @needs:withdrawal-visible @needs:exact-backlog @needs:active-refusal
    Scenario: Withdrawn while being decided, it gives its slot back
      Given a listener with a backlog of 1
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When caller A closes
      And the server's condition function accepts
      Then the server's call fails with WSAEACCES
      When caller B requests a connection
      Then caller B is still waiting
      When caller C requests a connection
      Then caller C's attempt fails with WSAECONNREFUSED

  Rule: A caller that withdrew is a new caller when it comes again

    @LSN-33 @CON-11 @must @needs:withdrawal-visible
    Scenario: A request after a time-out goes to the end of the queue
      Given a listener
      And caller A has a connect time-out of 250 ms
      When callers A to B request connections
      And caller A times out
      And caller A has a connect time-out of 30000 ms
      And caller A calls connect with the address of the listener
      Then the server accepts caller B
      And the server accepts caller A

  Rule: Time runs for callers that do not look

    @LSN-04 @LSN-33 @must @needs:withdrawal-visible @needs:connect-timeout
    Scenario: A queued request expires
      Given a non-blocking listener
      And caller A has a connect time-out of 150 ms
      When caller A requests a connection
      And 300 ms pass
      And the server calls WSAAccept on the listener
      Then the server's condition function is not called
      And the server's call fails with WSAEWOULDBLOCK
      And caller A's attempt fails with WSAETIMEDOUT

    @LSN-04 @LSN-33 @must @needs:withdrawal-visible @needs:connect-timeout
    Scenario: Expired requests before a fresh one are passed over
      Given a listener
      And caller A has a connect time-out of 150 ms
      And caller B has a connect time-out of 150 ms
      When callers A to C request connections
      And 300 ms pass
      Then the server accepts caller C
      And caller A's attempt fails with WSAETIMEDOUT
      And caller B's attempt fails with WSAETIMEDOUT

    @LSN-04 @LSN-33 @ACC-03 @must @needs:withdrawal-visible @needs:connect-timeout
    Scenario: A blocked accept is not shown an expired request
      Given a listener
      And caller B has a connect time-out of 150 ms
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When 300 ms pass
      And another thread calls WSAAccept on the listener
      And the server's condition function rejects
      Then the server's call fails with WSAECONNREFUSED
      And another thread's call is still under way

    @ACC-64 @LSN-04 @must @needs:withdrawal-visible @needs:connect-timeout
    Scenario Outline: A deferred request expires
      Given a listener
      And caller A has a connect time-out of 200 ms
      When callers A to B request connections
      And the server defers caller A
      And 400 ms pass
      And the server calls <call>
      Then the server's condition function is not called
      And the server's call fails with WSAEACCES
      And the server accepts caller B
      And caller A's attempt fails with WSAETIMEDOUT

      Examples:
        | call                      |
        | WSAAccept on the listener |
        | accept on the listener    |

    @LSN-32 @ACC-22 @ACC-60 @must @needs:withdrawal-visible @needs:connect-timeout
    Scenario Outline: A request expires while the condition function decides
      Given a non-blocking listener
      And caller A has a connect time-out of 200 ms
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When 400 ms pass
      And the server's condition function <decision>
      Then the server's call fails with WSAEACCES
      And caller A's attempt fails with WSAETIMEDOUT
      And no request is pending on the listener

      Examples:
        | decision |
        | accepts  |
        | rejects  |
        | defers   |

    @LSN-04 @LSN-22 @must @needs:withdrawal-visible @needs:connect-timeout @needs:exact-backlog @needs:active-refusal
    Scenario: Expired requests make room in a full queue
      Given a listener with a backlog of 2
      And caller A has a connect time-out of 150 ms
      And caller B has a connect time-out of 150 ms
      When callers A to B request connections
      And 300 ms pass
      And callers C to D request connections
      Then callers C to D are still waiting
      When caller E requests a connection
      Then caller E's attempt fails with WSAECONNREFUSED
      And the server accepts caller C
      And the server accepts caller D

    @LSN-04 @must @needs:withdrawal-visible @needs:connect-timeout @needs:exact-backlog @needs:active-refusal
    Scenario: An expired request behind a deferred head makes room
      Given a listener with a backlog of 2
      And caller B has a connect time-out of 200 ms
      When caller A requests a connection
      And the server defers caller A
      And caller B requests a connection
      And 400 ms pass
      And caller C requests a connection
      Then caller C is still waiting
      And the server accepts caller A
      And the server accepts caller C
