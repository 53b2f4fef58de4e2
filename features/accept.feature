Feature: Accept with a condition function
  The accept call shows the request at the head of the backlog queue to a condition function, which answers accept,
  reject or defer. Nothing but its return value selects the outcome.

  Rule: The three decisions

    @ACC-01 @ACC-05 @ACC-11 @must
    Scenario: Accept creates a socket and leaves the listener listening
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server's condition function accepts
      Then the server's call succeeds
      And caller A is connected
      And caller A and the accepted socket can talk
      And SO_ACCEPTCONN of the listener is 1
      When caller B requests a connection
      Then the server accepts caller B
      And caller B and the accepted socket of B can talk

    @ACC-06 @ACC-14 @ACC-18 @ERR-38 @must
    Scenario: Reject rejects the request
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server's condition function rejects
      Then the server's call fails with WSAECONNREFUSED
      And caller A is rejected

    @ACC-06 @ACC-11 @ACC-18 @must
    Scenario: After a rejection the request is gone and the listener goes on
      Given a non-blocking listener
      When caller A requests a connection
      And the server rejects caller A
      Then no request is pending on the listener
      When caller B requests a connection
      Then the server accepts caller B
      And caller B and the accepted socket can talk
      And caller A is rejected

    @ACC-07 @ACC-14 @ACC-19 @ERR-51 @must
    Scenario: Defer is no decision
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server's condition function defers
      Then the server's call fails with WSATRY_AGAIN
      And caller A is still waiting

    @ACC-70 @ACC-04 @must @needs:decided-connect @needs:conditional-accept
    Scenario Outline: No connection exists before it is accepted
      Given a fresh listener bound to a local address
      And the listener has SO_CONDITIONAL_ACCEPT set to <value>
      When the server calls listen on the listener with a backlog of 5
      And caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And caller A is still waiting
      When the server's condition function accepts
      Then caller A is connected

      Examples:
        | value |
        | 0     |
        | 1     |

    @ACC-69 @must @needs:conditional-accept
    Scenario: SO_CONDITIONAL_ACCEPT is a boolean, to be set before listening
      Given a fresh listener bound to a local address
      Then SO_CONDITIONAL_ACCEPT of the listener is 0
      Given the listener has SO_CONDITIONAL_ACCEPT set to 1
      Then SO_CONDITIONAL_ACCEPT of the listener is 1
      Given the listener has SO_CONDITIONAL_ACCEPT set to 0
      Then SO_CONDITIONAL_ACCEPT of the listener is 0
      When the server calls listen on the listener with a backlog of 5
      Then setsockopt on the listener with option SO_CONDITIONAL_ACCEPT and value 1 fails with WSAEINVAL
      And SO_CONDITIONAL_ACCEPT of the listener is 0

    @ACC-69 @must @needs:conditional-accept @needs:raw-lengths
    Scenario: SO_CONDITIONAL_ACCEPT takes any non-zero value, and four bytes
      Given a fresh listener bound to a local address
      And the listener has SO_CONDITIONAL_ACCEPT set to 77
      Then SO_CONDITIONAL_ACCEPT of the listener is 1
      And setsockopt on the listener with option SO_CONDITIONAL_ACCEPT, value 0 and a length of 3 fails with WSAEFAULT
      And SO_CONDITIONAL_ACCEPT of the listener is 1

    @ACC-69 @must @needs-not:conditional-accept
    Scenario: Without an admission backend SO_CONDITIONAL_ACCEPT cannot be had
      Given a fresh listener bound to a local address
      Then setsockopt on the listener with option SO_CONDITIONAL_ACCEPT and value 1 fails with WSAENOPROTOOPT
      And SO_CONDITIONAL_ACCEPT of the listener is 0

    @ACC-71 @ACC-72 @must @needs-not:decided-connect
    Scenario: The connection exists before the decision, and a rejection breaks it
      Given a listener
      When caller A requests a connection
      Then caller A is connected
      When the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server's condition function rejects
      Then the server's call fails with WSAECONNREFUSED
      And the connection of caller A is reset

    @ACC-72 @must @needs-not:refusal-visible
    Scenario: A rejected caller that has sent something sees a reset as well
      Given a listener
      When caller A requests a connection
      And caller A is connected
      And caller A calls send with data "hello"
      And the server rejects caller A
      Then the connection of caller A is reset

  Rule: One call, one request

    @ACC-26 @must
    Scenario: A rejection ends the call
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server's condition function rejects
      Then the server's call fails with WSAECONNREFUSED
      And caller B is still waiting
      And the server accepts caller B

    @ACC-26 @ACC-14 @must @needs:kernel-handle
    Scenario: A rejection leaves no descriptor behind
      Given a listener
      And the open descriptors of the server are counted
      When callers A to C request connections
      And the server rejects caller A
      And the server rejects caller B
      And the server rejects caller C
      Then caller A is rejected
      And caller B is rejected
      And caller C is rejected
      And the server has as many descriptors open as before

    @ACC-02 @ACC-68 @must
    Scenario: The condition function is called for the head, whoever comes later
      Given a listener
      When callers A to C request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When caller D requests a connection
      And the server's condition function accepts
      Then the server's call succeeds
      And caller A and the accepted socket can talk
      And the server accepts callers B to D

    @ACC-10 @must
    Scenario Outline: Nothing but the return value counts
      Given a listener
      And a second listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls listen on the listener with a backlog of 3
      Then the server's call fails with WSAEINPROGRESS
      When the server calls listen on the second listener with a backlog of 3
      Then the server's call succeeds
      When the server's condition function <decision>, having written callee data ""
      Then the server's call <result>
      And caller A is <state>

      Examples:
        | decision | result                     | state         |
        | accepts  | succeeds                   | connected     |
        | rejects  | fails with WSAECONNREFUSED | rejected      |
        | defers   | fails with WSATRY_AGAIN    | still waiting |

    @ACC-10 @ACC-44 @must @needs:connect-data
    Scenario: Callee data does not make a deferral an acceptance
      Given a listener
      When caller A requests a connection with room for 32 bytes of callee data
      And the server defers caller A, having written callee data "accepted!"
      Then caller A is still waiting
      When the server accepts caller A
      Then caller A is connected
      And caller A's callee length is 0

  Rule: Waiting for a request

    @ACC-03 @must
    Scenario: On an empty queue a blocking listener waits
      Given a listener
      When the server calls WSAAccept on the listener
      Then the server's call is still under way
      When caller A requests a connection
      Then the server's condition function is called for caller A
      When the server's condition function accepts
      Then the server's call succeeds
      And caller A and the accepted socket can talk

    @ACC-03 @ACC-28 @must
    Scenario: accept waits as well
      Given a listener
      When the server calls accept on the listener
      Then the server's call is still under way
      When caller A requests a connection
      Then the server's call succeeds
      And caller A and the accepted socket can talk

    @ACC-15 @ERR-13 @must
    Scenario Outline: On an empty queue a non-blocking listener fails at once
      Given a non-blocking listener
      When the server calls <call>
      Then the server's condition function is not called
      And the server's call fails with WSAEWOULDBLOCK

      Examples:
        | call                                                     |
        | WSAAccept on the listener                                |
        | WSAAccept on the listener with a NULL condition function |
        | accept on the listener                                   |

    @ACC-15 @HND-29 @must
    Scenario: A listener can become blocking again
      Given a non-blocking listener
      When the server calls WSAAccept on the listener
      Then the server's call fails with WSAEWOULDBLOCK
      When the listener is made blocking
      And the server calls WSAAccept on the listener
      Then the server's call is still under way
      When caller A requests a connection
      Then the server's condition function is called for caller A

    @ACC-15 @ACC-24 @must
    Scenario: An emptied queue is empty
      Given a non-blocking listener
      When caller A requests a connection
      And the server accepts caller A
      And the server calls WSAAccept on the listener
      Then the server's call fails with WSAEWOULDBLOCK

    @ACC-03 @must @needs:timed-accept
    Scenario: An accept with a time-out gives up
      Given a listener
      When the server calls WSAAccept on the listener with a time-out of 100 ms
      Then the server's call fails with WSAETIMEDOUT
      When caller A requests a connection
      Then the server accepts caller A

    @ACC-16 @must
    Scenario Outline: Without listen there is nothing to accept
      Given a <state> socket S
      When the server calls <call>
      Then the server's call fails with WSAEINVAL

      Examples:
        | state | call                  |
        | fresh | WSAAccept on socket S |
        | bound | WSAAccept on socket S |
        | fresh | accept on socket S    |
        | bound | accept on socket S    |

    @ACC-16 @SKT-15 @must
    Scenario: A connected socket accepts nothing
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      Then caller A is connected
      And WSAAccept on caller A fails with WSAEINVAL
      And WSAAccept on the accepted socket fails with WSAEINVAL

    @ACC-16 @must
    Scenario: A listen that failed does not count
      Given a fresh socket S
      Then listen on socket S with a backlog of 5 fails with WSAEINVAL
      And WSAAccept on socket S fails with WSAEINVAL

  Rule: Without a condition function

    @ACC-27 @must
    Scenario: A NULL condition function accepts the head
      Given a listener
      When callers A to B request connections
      Then the server accepts caller A without a condition function
      And the server accepts caller B without a condition function
      And caller A and the accepted socket of A can talk
      And caller B and the accepted socket of B can talk

    @ACC-27 @ACC-08 @must
    Scenario: A NULL condition function accepts the deferred request
      Given a listener
      When callers A to B request connections
      And the server defers caller A
      Then the server accepts caller A without a condition function
      And caller A and the accepted socket can talk
      And the server accepts caller B

    @ACC-28 @must
    Scenario: accept is WSAAccept without a condition function
      Given a listener
      When callers A to B request connections
      And the server defers caller A
      And the server calls accept on the listener
      Then the server's call succeeds
      And getpeername of the accepted socket is the address of caller A
      When the server calls accept on the listener
      Then the server's call succeeds
      And getpeername of the accepted socket is the address of caller B
      And caller B and the accepted socket can talk

    @ACC-27 @CON-24 @must @needs:connect-data
    Scenario: Accepting without question answers without data
      Given a listener
      When caller A requests a connection with caller data "question" and room for 32 bytes of callee data
      And the server accepts caller A without a condition function
      Then caller A is connected
      And caller A's callee length is 0

    @ACC-29 @must @needs:callback-context
    Scenario: The callback data is ignored without a condition function
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener with a NULL condition function and callback data 18446744073709551615
      Then the server's call succeeds
      And caller A and the accepted socket can talk

  Rule: Answers that are no decision

    @ACC-20 @ACC-21 @must @needs:raw-decision
    Scenario Outline: An invalid return value decides nothing
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      And the server's condition function returns <value>
      Then the server's call fails with WSAEINVAL
      And caller A is still waiting
      And the server accepts caller A
      And the server accepts caller B
      And caller A and the accepted socket of A can talk

      Examples:
        | value       |
        | 3           |
        | -1          |
        | 256         |
        | 2147483647  |
        | -2147483648 |

    @ACC-21 @ACC-66 @must @needs:raw-decision
    Scenario: An invalid return value after a deferral keeps the place, too
      Given a listener
      When callers A to B request connections
      And the server defers caller A
      And the server calls WSAAccept on the listener
      And the server's condition function returns 3
      Then the server's call fails with WSAEINVAL
      And the server defers caller A
      And the server accepts caller A
      And the server accepts caller B

    @ACC-59 @must @needs:raise
    Scenario: A condition function that ends abnormally decides nothing
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      And the server's condition function raises
      Then the server's call ends abnormally
      And caller A is still waiting
      And the server accepts caller A
      And the server accepts caller B
      And caller A and the accepted socket of A can talk

    @ACC-59 @must @needs:raise
    Scenario: An abnormal end after a deferral keeps the place, too
      Given a listener
      When callers A to B request connections
      And the server defers caller A
      And the server calls WSAAccept on the listener
      And the server's condition function raises
      Then the server's call ends abnormally
      And the server rejects caller A
      And the server accepts caller B

    @ACC-59 @ACC-39 @must @needs:raise @needs:connect-data
    Scenario: Callee data of a function that ended abnormally is dropped
      Given a listener
      When caller A requests a connection with room for 32 bytes of callee data
      And the server calls WSAAccept on the listener
      And the server's condition function raises, having written callee data "lost"
      Then the server's call ends abnormally
      When the server accepts caller A
      Then caller A is connected
      And caller A's callee length is 0

  Rule: The address of the caller

    @ACC-49 @must @needs:address-buffers
    Scenario Outline: After an acceptance the address is filled in
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener with an address buffer of <room> bytes
      And the server's condition function accepts
      Then the server's call succeeds
      And the server's call returns addr the address of caller A
      And the server's call returns addrlen 16

      Examples:
        | room |
        | 16   |
        | 128  |

    @ACC-50 @must @needs:address-buffers
    Scenario Outline: After a rejection and a deferral as well
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener with an address buffer of <room> bytes
      And the server's condition function <decision>
      Then the server's call fails with <error>
      And the server's call returns addr the address of caller A
      And the server's call returns addrlen 16

      Examples:
        | room | decision | error           |
        | 16   | rejects  | WSAECONNREFUSED |
        | 128  | rejects  | WSAECONNREFUSED |
        | 16   | defers   | WSATRY_AGAIN    |
        | 128  | defers   | WSATRY_AGAIN    |

    @ACC-28 @ACC-49 @must @needs:address-buffers
    Scenario: accept fills the address in
      Given a listener
      When callers A to B request connections
      And the server calls accept on the listener with an address buffer of 40 bytes
      Then the server's call succeeds
      And the server's call returns addr the address of caller A
      And the server's call returns addrlen 16
      When the server calls WSAAccept on the listener with a NULL condition function and an address buffer of 16 bytes
      Then the server's call succeeds
      And the server's call returns addr the address of caller B
      And the server's call returns addrlen 16

    @ACC-28 @ACC-46 @must @needs:address-buffers
    Scenario Outline: accept returns nothing without one of address and length
      Given a listener
      When caller A requests a connection
      And the server calls accept on the listener with <buffers>
      Then the server's call succeeds
      And the server's call returns addr <addr>
      And the server's call returns addrlen <length>

      Examples:
        | buffers                             | addr      | length |
        | an address buffer but no length     | untouched | -      |
        | a length of 3 but no address buffer | -         | 3      |

    @ACC-46 @must @needs:address-buffers
    Scenario Outline: Without one of address and length nothing is returned
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener with <buffers>
      And the server's condition function <decision>
      Then the server's call <result>
      And the server's call returns addr <addr>
      And the server's call returns addrlen <length>

      Examples:
        | buffers                              | decision | result                     | addr      | length |
        | an address buffer but no length      | accepts  | succeeds                   | untouched | -      |
        | an address buffer but no length      | rejects  | fails with WSAECONNREFUSED | untouched | -      |
        | an address buffer but no length      | defers   | fails with WSATRY_AGAIN    | untouched | -      |
        | a length of 28 but no address buffer | accepts  | succeeds                   | -         | 28     |
        | a length of 28 but no address buffer | rejects  | fails with WSAECONNREFUSED | -         | 28     |
        | a length of 0 but no address buffer  | defers   | fails with WSATRY_AGAIN    | -         | 0      |

    @ACC-47 @ACC-48 @must @needs:address-buffers
    Scenario Outline: A buffer that is too short is noticed before anybody is asked
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener with an address buffer of <room> bytes
      Then the server's condition function is not called
      And the server's call fails with WSAEFAULT
      And the server's call returns addrlen <room>
      And the server's call returns addr untouched
      And caller A is still waiting
      And the server accepts caller A
      And the server accepts caller B
      And caller A and the accepted socket of A can talk

      Examples:
        | room |
        | 0    |
        | 1    |
        | 15   |

    @ACC-47 @ACC-48 @must @needs:address-buffers
    Scenario: A buffer that is too short does not lose a deferred request
      Given a listener
      When caller A requests a connection
      And the server defers caller A
      And the server calls accept on the listener with an address buffer of 15 bytes
      Then the server's call fails with WSAEFAULT
      And the server's call returns addrlen 15
      And the server accepts caller A

    @ACC-47 @ACC-48 @must @needs:address-buffers
    Scenario: A buffer that is too short does not lose a request that is accepted unasked
      Given a listener
      When caller A requests a connection
      And the server calls accept on the listener with an address buffer of 4 bytes
      Then the server's call fails with WSAEFAULT
      And the server accepts caller A
      And caller A and the accepted socket can talk

    @ACC-47 @ACC-15 @must @needs:address-buffers
    Scenario: On an empty queue nothing is written
      Given a non-blocking listener
      When the server calls WSAAccept on the listener with an address buffer of 64 bytes
      Then the server's call fails with WSAEWOULDBLOCK
      And the server's call returns addr untouched
      And the server's call returns addrlen 64

    @ACC-49 @ACC-47 @must @ipv6 @needs:address-buffers @needs:network-errors
    Scenario: The address of an IPv6 caller is longer
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener with an address buffer of 27 bytes
      Then the server's call fails with WSAEFAULT
      When the server calls WSAAccept on the listener with an address buffer of 28 bytes
      And the server's condition function accepts
      Then the server's call succeeds
      And the server's call returns addr the address of caller A
      And the server's call returns addrlen 28
