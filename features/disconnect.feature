Feature: Disconnect
  Either side can end its sending direction, and where the protocol has disconnect data, send a last message with it.

  Rule: Ending the sending direction

    @DIS-01 @DIS-06 @DIS-15 @DIS-16 @DIS-17 @DIS-20 @DIS-33 @ERR-36 @must
    Scenario Outline: The peer reaches the end of the stream
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls <call>
      Then caller A's call succeeds
      And the accepted socket reaches the end of the stream
      And the accepted socket reaches the end of the stream
      And send on caller A with data "more" fails with WSAESHUTDOWN
      And getpeername of caller A is the address of the listener

      Examples:
        | call                           |
        | WSASendDisconnect with no data |
        | shutdown with direction send   |

    @DIS-47 @DIS-15 @must @needs:half-close
    Scenario Outline: The other direction stays usable
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls <call>
      Then the accepted socket reaches the end of the stream
      When the server calls send on the accepted socket with data "still here"
      Then the server's call succeeds
      And caller A receives "still here"

      Examples:
        | call                           |
        | WSASendDisconnect with no data |
        | shutdown with direction send   |

    @DIS-19 @must
    Scenario: What was sent before is read first
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls send with data "the last words"
      And caller A calls WSASendDisconnect with no data
      Then the accepted socket receives "the last words"
      And the accepted socket reaches the end of the stream

    @DIS-44 @DIS-39 @must
    Scenario: Closing ends the stream after what was sent
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls send with data "goodbye"
      And caller A calls closesocket
      Then caller A's call succeeds
      And the accepted socket receives "goodbye"
      And the accepted socket reaches the end of the stream

    @DIS-22 @DIS-30 @DIS-45 @must
    Scenario Outline: Without a connection there is nothing to end
      Given a <state> caller A
      Then <call> fails with WSAENOTCONN

      Examples:
        | state | call                                         |
        | fresh | WSASendDisconnect on caller A with no data   |
        | bound | WSASendDisconnect on caller A with no data   |
        | fresh | WSARecvDisconnect on caller A with no buffer |
        | bound | WSARecvDisconnect on caller A with no buffer |
        | fresh | shutdown on caller A with direction send     |
        | fresh | shutdown on caller A with direction both     |
        | bound | shutdown on caller A with direction receive  |

    @DIS-24 @must
    Scenario Outline: The sending direction is ended once
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls <call>
      Then caller A's call succeeds
      And WSASendDisconnect on caller A with no data fails with WSAESHUTDOWN

      Examples:
        | call                           |
        | WSASendDisconnect with no data |
        | shutdown with direction send   |
        | shutdown with direction both   |

    @DIS-61 @DIS-46 @must
    Scenario Outline: shutdown of what is shut succeeds
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls shutdown with direction <direction>
      Then caller A's call succeeds
      When caller A calls shutdown with direction <direction>
      Then caller A's call succeeds
      And getpeername of caller A is the address of the listener

      Examples:
        | direction |
        | send      |
        | receive   |
        | both      |

    @DIS-45 @must @needs:raw-lengths
    Scenario Outline: There are three directions
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      Then shutdown on caller A with direction <direction> fails with WSAEINVAL
      And caller A and the accepted socket can talk

      Examples:
        | direction |
        | 3         |
        | -1        |

    @DIS-55 @must
    Scenario Outline: A socket that is being disconnected does not connect
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls <call>
      Then connect on caller A with the address of the listener fails with WSAEISCONN

      Examples:
        | call                             |
        | WSASendDisconnect with no data   |
        | shutdown with direction both     |
        | WSARecvDisconnect with no buffer |

    @DIS-60 @must
    Scenario: The names of both ends outlive the stream
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls shutdown with direction both
      And the server calls shutdown on the accepted socket with direction both
      Then getpeername of caller A is the address of the listener
      And getpeername of the accepted socket is the address of caller A
      And getsockname of the accepted socket is the address of the listener

  Rule: Ending the receiving direction

    @DIS-25 @must
    Scenario Outline: Nothing is received any more
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls <call>
      Then caller A's call succeeds
      And recv on caller A with room for 16 bytes fails with WSAESHUTDOWN

      Examples:
        | call                             |
        | WSARecvDisconnect with no buffer |
        | shutdown with direction receive  |

    @DIS-26 @must @needs:half-close
    Scenario: Sending is still possible
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls WSARecvDisconnect with no buffer
      Then caller A's call succeeds
      When caller A calls send with data "after all"
      Then caller A's call succeeds
      And the accepted socket receives "after all"

    @DIS-32 @DIS-37 @ERR-31 @must
    Scenario Outline: Data that is unread then resets the connection
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls send with data "read or unread"
      Then recv on the accepted socket with room for 4 bytes succeeds
      When the server calls <call> on the accepted socket with <how>
      Then the server's call succeeds
      And the connection of caller A is reset
      And send on the accepted socket with data "x" fails with WSAECONNABORTED

      Examples:
        | call              | how               |
        | WSARecvDisconnect | no buffer         |
        | shutdown          | direction receive |

    @DIS-32 @DIS-37 @must
    Scenario Outline: So does data that arrives afterwards, when it is met
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the server calls <call> on the accepted socket with <how>
      Then the server's call succeeds
      When caller A calls send with data "late"
      And 50 ms pass
      Then send on the accepted socket with data "x" fails with WSAECONNABORTED
      And the connection of caller A is reset

      Examples:
        | call              | how               |
        | WSARecvDisconnect | no buffer         |
        | shutdown          | direction receive |

    @DIS-32 @DIS-08 @must
    Scenario Outline: Once the peer has ended, unread data is dropped and the answer still goes out
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls send with data "read or unread"
      And caller A calls WSASendDisconnect with no data
      And 50 ms pass
      Then recv on the accepted socket with room for 4 bytes succeeds
      When the server calls <call> on the accepted socket with <how>
      Then the server's call succeeds
      And send on the accepted socket with data "the answer" succeeds
      And closesocket on the accepted socket succeeds
      And caller A receives "the answer"
      And caller A reaches the end of the stream

      Examples:
        | call              | how               |
        | WSARecvDisconnect | no buffer         |
        | shutdown          | direction receive |

  Rule: Breaking a connection

    @DIS-36 @ERR-32 @must @needs:abort
    Scenario: A reset is not taken for the end of the stream later on
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A resets
      Then recv on the accepted socket with room for 16 bytes fails with WSAECONNRESET
      And recv on the accepted socket with room for 16 bytes fails with WSAECONNRESET
      And send on the accepted socket with data "x" fails with WSAECONNRESET

    @DIS-36 @DIS-40 @must @needs:abort
    Scenario: Closing with linger 0 resets
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And SO_LINGER of the accepted socket is set to 1:0
      And the server calls closesocket on the accepted socket
      Then the server's call succeeds
      And the connection of caller A is reset

    @DIS-36 @DIS-40 @must @needs:abort
    Scenario: The caller may reset as well
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A resets
      Then recv on the accepted socket with room for 16 bytes fails with WSAECONNRESET

  Rule: Disconnect data

    @DIS-02 @DIS-03 @DIS-04 @DIS-05 @DIS-07 @DIS-08 @DIS-11 @DIS-12 @DIS-28 @DIS-57 @must @needs:disconnect-data
    Scenario: Both sides send their totals, the caller first
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls WSASendDisconnect with disconnect data "client total: 7"
      Then the accepted socket reaches the end of the stream
      When the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data "client total: 7"
      When the server calls WSASendDisconnect on the accepted socket with disconnect data "server total: 8"
      Then the server's call succeeds
      And caller A reaches the end of the stream
      When caller A calls WSARecvDisconnect with room for 64 bytes
      Then caller A's call returns data "server total: 8"
      When caller A calls closesocket
      Then caller A's call succeeds

    @DIS-14 @DIS-02 @DIS-04 @must @needs:disconnect-data
    Scenario: Both sides send their totals, the server first
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the server calls WSASendDisconnect on the accepted socket with disconnect data 0x00ff00
      Then caller A reaches the end of the stream
      When caller A calls WSARecvDisconnect with room for 64 bytes
      Then caller A's call returns data 0x00ff00
      When caller A calls WSASendDisconnect with disconnect data "and mine"
      Then the accepted socket reaches the end of the stream
      When the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data "and mine"

    @DIS-09 @DIS-11 @must @needs:disconnect-data
    Scenario: An immediate close loses no data
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls WSASendDisconnect with disconnect data "first"
      And the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      And the server calls WSASendDisconnect on the accepted socket with disconnect data "second"
      And the server calls closesocket on the accepted socket
      Then the server's call succeeds
      When caller A calls WSARecvDisconnect with room for 64 bytes
      Then caller A's call returns data "second"

    @DIS-23 @UDA-28 @must @needs:disconnect-data
    Scenario: Disconnect data beyond the limit is refused and changes nothing
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls WSASendDisconnect with disconnect data of 65 bytes
      Then caller A's call fails with WSAEFAULT
      And caller A and the accepted socket can talk
      When caller A calls WSASendDisconnect with disconnect data of 64 bytes
      Then caller A's call succeeds
      When the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data of 64 bytes

    @DIS-27 @must @needs:disconnect-data
    Scenario: A buffer that is too small loses nothing
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls WSASendDisconnect with disconnect data "rather long"
      And the server calls WSARecvDisconnect on the accepted socket with room for 4 bytes
      Then the server's call fails with WSAEFAULT
      When the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data "rather long"

    @DIS-28 @must @needs:disconnect-data
    Scenario: No data is length 0
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls WSASendDisconnect with no data
      And the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data ""

    @DIS-31 @must @needs:disconnect-data
    Scenario: Asked before the peer has ended, it keeps what comes later
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data ""
      When caller A calls WSASendDisconnect with disconnect data "later"
      And the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data "later"

    @DIS-59 @must @needs:disconnect-data
    Scenario: Without a buffer the data is kept
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls WSASendDisconnect with disconnect data "kept"
      And the server calls WSARecvDisconnect on the accepted socket with no buffer
      Then the server's call succeeds
      When the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data "kept"

    @DIS-56 @must @needs:disconnect-data @needs:abort
    Scenario: After a reset there is no data
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A resets
      And the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data ""

    @DIS-21 @ERR-20 @must @needs-not:disconnect-data
    Scenario: Disconnect data where it is not supported
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls WSASendDisconnect with disconnect data "total"
      Then caller A's call fails with WSAENOPROTOOPT
      And caller A and the accepted socket can talk

    @DIS-29 @must @needs-not:disconnect-data
    Scenario: A buffer for disconnect data where it is not supported
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      Then WSARecvDisconnect on caller A with room for 64 bytes fails with WSAENOPROTOOPT
      And caller A and the accepted socket can talk
      And WSARecvDisconnect on caller A with no buffer succeeds
