Feature: User data as socket options
  Connect and disconnect data can be set before a call and read after it, instead of passing them with the call. What a
  call passes explicitly wins.

  Rule: The caller

    @UDA-15 @should @needs:connect-data @needs:data-options
    Scenario: SO_CONNDATA is the caller data of the next connect
      Given a listener
      And a fresh caller A
      And caller A has SO_CONNDATA set to 0x00ff41
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data | 0x00ff41 |

    @UDA-19 @should @needs:connect-data @needs:data-options
    Scenario: Explicit caller data wins
      Given a listener
      And a fresh caller A
      And caller A has SO_CONNDATA set to 0x01
      When caller A requests a connection with caller data "explicit"
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data | "explicit" |

    @UDA-16 @should @needs:connect-data @needs:data-options
    Scenario: SO_CONNDATA is the server's answer after the connect
      Given a listener
      And a fresh caller A
      And caller A has SO_CONNDATALEN set to 32
      When caller A requests a connection
      And the server accepts caller A, having written callee data "answer"
      Then caller A is connected
      And the data of SO_CONNDATA of caller A is "answer"
      And the data of SO_CONNDATA of caller A is "answer"

    @UDA-20 @UDA-16 @should @needs:connect-data @needs:data-options
    Scenario: An answer beyond the reserved length is cut
      Given a listener
      And a fresh caller A
      And caller A has SO_CONNDATALEN set to 3
      When caller A requests a connection
      And the server accepts caller A, having written callee data "answer"
      Then caller A is connected
      And the data of SO_CONNDATA of caller A is "ans"

    @UDA-25 @should @needs:connect-data @needs:data-options
    Scenario: Too late to set connect data
      Given a listener
      When caller A requests a connection
      Then setsockopt on caller A with option SO_CONNDATA and value 0x41 fails with WSAEINVAL
      When the server accepts caller A
      Then caller A is connected
      And setsockopt on caller A with option SO_CONNDATA and value 0x41 fails with WSAEINVAL

  Rule: The listener

    @UDA-18 @ACC-41 @should @needs:connect-data @needs:data-options
    Scenario: SO_CONNDATA answers every caller from then on
      Given a listener
      And the listener has SO_CONNDATA set to 0x68656c6c6f
      When caller A requests a connection with room for 32 bytes of callee data
      And caller B requests a connection with room for 32 bytes of callee data
      And caller C requests a connection with room for 32 bytes of callee data
      And the server accepts caller A
      And the server accepts caller B without a condition function
      Then caller A has received callee data "hello"
      And caller B has received callee data "hello"
      When the listener has SO_CONNDATA set to 0x627965
      And the server accepts caller C
      Then caller C has received callee data "bye"

    @UDA-19 @ACC-38 @should @needs:connect-data @needs:data-options
    Scenario: What the condition function writes wins
      Given a listener
      And the listener has SO_CONNDATA set to 0x68656c6c6f
      When caller A requests a connection with room for 32 bytes of callee data
      And the server accepts caller A, having written callee data "mine"
      Then caller A has received callee data "mine"

    @UDA-17 @should @needs:connect-data @needs:data-options
    Scenario: SO_CONNDATA of an accepted socket is what its caller sent
      Given a listener
      And the listener has SO_CONNDATALEN set to 32
      When caller A requests a connection with caller data "from A"
      And caller B requests a connection with caller data "from B"
      And the server accepts caller A
      And the server accepts caller B
      Then the data of SO_CONNDATA of the accepted socket of A is "from A"
      And the data of SO_CONNDATA of the accepted socket of B is "from B"

  Rule: Disconnect data

    @DIS-52 @DIS-53 @should @needs:disconnect-data @needs:data-options
    Scenario Outline: SO_DISCDATA goes with the end of sending
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A has SO_DISCDATA set to 0x656e64
      And caller A calls <call>
      Then caller A's call succeeds
      And the accepted socket reaches the end of the stream
      And the data of SO_DISCDATA of the accepted socket is "end"

      Examples:
        | call                         |
        | shutdown with direction send |
        | closesocket                  |

    @DIS-54 @should @needs:disconnect-data @needs:data-options
    Scenario: Explicit disconnect data wins
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A has SO_DISCDATA set to 0x656e64
      And caller A calls WSASendDisconnect with disconnect data "explicit"
      And the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data "explicit"

    @ACC-44 @must @needs:refusal-data @needs:data-options
    Scenario: The data of a refusal can be read as SO_DISCDATA
      Given a listener
      When caller A requests a connection and waits
      And the server rejects caller A, having written callee data "no"
      Then caller A's attempt fails with WSAECONNREFUSED
      And the data of SO_DISCDATA of caller A is "no"

  Rule: Limits

    @UDA-24 @must @needs:connect-data @needs:disconnect-data @needs:data-options
    Scenario: Data beyond the limit is refused
      Given a fresh caller A
      And a listener
      Then setsockopt on caller A with option SO_CONNDATA and value of 33 bytes fails with WSAEFAULT
      And setsockopt on caller A with option SO_CONNDATA and value of 32 bytes succeeds
      And setsockopt on the listener with option SO_CONNDATA and value of 33 bytes fails with WSAEFAULT
      And setsockopt on caller A with option SO_DISCDATA and value of 65 bytes fails with WSAEFAULT
      And setsockopt on caller A with option SO_DISCDATA and value of 64 bytes succeeds

    @UDA-24 @must @needs:connect-data @needs:data-options
    Scenario: A reservation beyond the limit is the limit
      Given a listener
      And a fresh caller A
      And caller A has SO_CONNDATALEN set to 100000
      When caller A requests a connection
      And the server accepts caller A, having written callee data of the largest size
      Then caller A is connected
      And the data of SO_CONNDATA of caller A is of the largest size

    @UDA-22 @must @needs-not:connect-data @needs:data-options
    Scenario Outline: Where connect data is not supported, neither are its options
      Given a listener
      Then setsockopt on the listener with option <option> and value <value> fails with WSAENOPROTOOPT

      Examples:
        | option         | value |
        | SO_CONNDATA    | 0x41  |
        | SO_CONNDATALEN | 16    |
        | SO_DISCDATA    | 0x41  |
        | SO_DISCDATALEN | 16    |

    @UDA-22 @must @needs-not:connect-data @needs:data-options
    Scenario Outline: Nor can they be read
      Given a listener
      Then getsockopt on the listener with option <option> fails with WSAENOPROTOOPT

      Examples:
        | option      |
        | SO_CONNDATA |
        | SO_DISCDATA |

    @UDA-21 @should @needs:connect-data @needs:raw-options
    Scenario Outline: The lengths can only be set
      Given a listener
      Then getsockopt on the listener with option <option> fails with WSAENOPROTOOPT

      Examples:
        | option         |
        | SO_CONNDATALEN |
        | SO_DISCDATALEN |

    @UDA-23 @must @needs:raw-options
    Scenario Outline: There are no connect and disconnect options
      Given a listener
      Then getsockopt on the listener with option <option> fails with WSAENOPROTOOPT
      And setsockopt on the listener with option <option> and value <value> fails with WSAENOPROTOOPT

      Examples:
        | option        | value |
        | SO_CONNOPT    | 0x41  |
        | SO_CONNOPTLEN | 4     |
        | SO_DISCOPT    | 0x41  |
        | SO_DISCOPTLEN | 4     |
