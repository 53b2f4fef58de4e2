Feature: Socket groups are reserved
  No call creates, joins or reports a group.

  @GRP-01 @GRP-03 @must @needs:groups
  Scenario Outline: A socket cannot be made in a group
    When the server calls WSASocket on socket S with group <group>
    Then the server's call fails with WSAEINVAL

    Examples:
      | group      |
      | 1          |
      | 2          |
      | 77         |
      | 4294967295 |

  @GRP-03 @must @needs:groups
  Scenario: Group 0 is no group
    When the server calls WSASocket on socket S with group 0
    Then the server's call succeeds

  @GRP-01 @ACC-45 @must @needs:groups
  Scenario: The group variable is 0 on entry
    Given a listener
    When callers A to B request connections
    And the server calls WSAAccept on the listener
    Then the server's condition function is called for caller A
    And the server's condition function was shown
      | group | 0 |
    When the server's condition function defers, having set the group to 7
    Then the server's call fails with WSATRY_AGAIN
    When the server calls WSAAccept on the listener
    Then the server's condition function is called for caller A
    And the server's condition function was shown
      | group | 0 |

  @GRP-04 @GRP-02 @GRP-01 @must @needs:groups
  Scenario Outline: A group with an acceptance decides nothing
    Given a listener
    When callers A to B request connections
    And the server calls WSAAccept on the listener
    And the server's condition function accepts, having set the group to <group>
    Then the server's call fails with WSAEINVAL
    And caller A is still waiting
    And the server accepts caller A
    And the server accepts caller B
    And caller A and the accepted socket of A can talk

    Examples:
      | group      |
      | 1          |
      | 2          |
      | 305419896  |
      | 4294967295 |

  @GRP-02 @GRP-04 @must @needs:groups
  Scenario Outline: A group with another decision has no effect
    Given a listener
    When caller A requests a connection
    And the server calls WSAAccept on the listener
    And the server's condition function <decision>, having set the group to 1
    Then the server's call fails with <error>
    And caller A is <state>

    Examples:
      | decision | error           | state         |
      | rejects  | WSAECONNREFUSED | rejected      |
      | defers   | WSATRY_AGAIN    | still waiting |

  @GRP-05 @must @needs:group-qos
  Scenario: A group QOS in connect is refused and no request is sent
    Given a non-blocking listener
    And a fresh caller A
    When caller A calls WSAConnect with the address of the listener and a group QOS
    Then caller A's call fails with WSAEINVAL
    And no request is pending on the listener
    And caller A's socket can still connect

  @GRP-07 @GRP-11 @GRP-01 @SKT-16 @must @needs:raw-options
  Scenario Outline: The group options do not exist
    Given a listener
    When caller A requests a connection
    And the server accepts caller A
    Then getsockopt on the listener with option <option> fails with WSAENOPROTOOPT
    And getsockopt on the accepted socket with option <option> fails with WSAENOPROTOOPT
    And setsockopt on the listener with option <option> and value 1 fails with WSAENOPROTOOPT
    And setsockopt on the accepted socket with option <option> and value 1 fails with WSAENOPROTOOPT

    Examples:
      | option            |
      | SO_GROUP_ID       |
      | SO_GROUP_PRIORITY |

  @GRP-08 @must @needs:raw-options
  Scenario Outline: The control codes of group QOS do not exist
    Given a bound socket S
    Then WSAIoctl on socket S with code <code> fails with WSAENOPROTOOPT

    Examples:
      | code       |
      | 3355443208 |
      | 2281701388 |

  @GRP-10 @LAY-33 @must @needs:winsock-api
  Scenario Outline: The names of group kinds have their numbers, and no use
    Then the header defines <name> as <value>
    When the server calls WSASocket on socket S with group <value>
    Then the server's call fails with WSAEINVAL

    Examples:
      | name                   | value |
      | SG_UNCONSTRAINED_GROUP | 1     |
      | SG_CONSTRAINED_GROUP   | 2     |
