Feature: User data in the condition function
  The condition function can answer by writing into a buffer that the provider supplies. What it writes goes to the
  caller with the acceptance, or with the refusal where the protocol can carry it.

  Rule: The buffer

    @ACC-36 @ACC-41 @UDA-02 @must @needs:connect-data @needs:callee-buffer
    Scenario: The buffer is the provider's, and its length is its capacity
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | callee capacity | the limit |
        | callee buffer   | zeros     |

    @ACC-36 @must @needs:connect-data
    Scenario: The capacity is the limit of the entry
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | callee capacity | the limit |

    @ACC-37 @must @needs-not:connect-data
    Scenario: Where callee data is not supported the capacity is 0
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | callee capacity | 0 |
      When the server's condition function accepts
      Then the server's call succeeds
      And caller A and the accepted socket can talk

    @ACC-41 @ACC-44 @must @needs:connect-data @needs:callee-buffer
    Scenario Outline: The buffer is zero again, and whole, at each call
      Given a listener
      When caller A requests a connection with room for 40 bytes of callee data
      And the server defers caller A, having <effect>
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | callee capacity | the limit |
        | callee buffer   | zeros     |
      When the server's condition function accepts
      Then caller A is connected
      And caller A's callee length is 0

      Examples:
        | effect                              |
        | written callee data "later"         |
        | written callee data of the capacity |
        | set the callee length to 0          |
        | written "later" without a length    |
        | replaced the callee buffer          |

    @ACC-41 @must @needs:connect-data @needs:callee-buffer
    Scenario: What was written for one caller is not shown with the next
      Given a listener
      When callers A to B request connections
      And the server accepts caller A, having written callee data of the capacity
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller B
      And the server's condition function was shown
        | callee capacity | the limit |
        | callee buffer   | zeros     |

  Rule: The answer

    @ACC-38 @UDA-05 @UDA-03 @must @needs:connect-data
    Scenario Outline: What was written reaches the caller, exactly
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A, having written callee data <data>
      Then caller A is connected
      And caller A has received callee data <data>

      Examples:
        | data                          |
        | "welcome"                     |
        | 0x00                          |
        | 0x0000                        |
        | 0x00ff00                      |
        | of the largest size           |
        | of one less than the capacity |

    @ACC-38 @must @needs:connect-data
    Scenario: A length of 0 is no answer
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A, having written callee data ""
      Then caller A is connected
      And caller A's callee length is 0

    @ACC-38 @must @needs:connect-data @needs:callee-buffer
    Scenario: The length alone says how much is sent
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A, having written "written" without a length and set the callee length to 5
      Then caller A is connected
      And caller A has received callee data "writt"

    @ACC-38 @must @needs:connect-data @needs:callee-buffer
    Scenario: A length without contents sends zeros
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A, having set the callee length to 3
      Then caller A is connected
      And caller A has received callee data 0x000000

    @ACC-38 @must @needs:connect-data @needs:callee-buffer
    Scenario: A length of 0 after something was written sends nothing
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A, having written "nothing" without a length and set the callee length to 0
      Then caller A is connected
      And caller A's callee length is 0

    @ACC-41 @must @needs:connect-data
    Scenario: A function that touches nothing has sent nothing
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A
      Then caller A is connected
      And caller A's callee length is 0

    @ACC-41 @ACC-38 @must @needs:connect-data @needs:callee-buffer
    Scenario: A full buffer that was written is sent, though its length is still the capacity
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A, having written callee data of the capacity
      Then caller A is connected
      And caller A has received callee data of the capacity

    @ACC-41 @ACC-38 @must @needs:connect-data @needs:callee-buffer
    Scenario: One byte that was written makes the whole buffer an answer
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A, having written 0x2a without a length
      Then caller A is connected
      And caller A's callee length is the limit

    @ACC-41 @ACC-38 @must @needs:connect-data @needs:callee-buffer
    Scenario: One zero byte less than the capacity is an answer
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A, having set the callee length to one less than the capacity
      Then caller A is connected
      And caller A's callee length is one less than the limit

    @ACC-39 @UDA-28 @ERR-10 @must @needs:connect-data @needs:callee-buffer
    Scenario Outline: A length above the capacity decides nothing
      Given a listener
      When caller A requests a connection with room for 64 bytes of callee data
      And caller B requests a connection
      And the server calls WSAAccept on the listener
      And the server's condition function <decision>, having set the callee length to <length>
      Then the server's call fails with WSAEFAULT
      And caller A is still waiting
      When the server accepts caller A, having written callee data "short"
      Then caller A is connected
      And caller A has received callee data "short"
      And the server accepts caller B

      Examples:
        | decision | length                     |
        | accepts  | one more than the capacity |
        | accepts  | 4294967295                 |
        | rejects  | one more than the capacity |

    @ACC-39 @UDA-28 @must @needs:connect-data
    Scenario: An answer beyond the capacity is not cut but refused
      Given a listener
      When caller A requests a connection with room for 64 bytes of callee data
      And the server calls WSAAccept on the listener
      And the server's condition function accepts, having written callee data of one byte more than the largest size
      Then the server's call fails with WSAEFAULT
      And caller A is still waiting
      When the server accepts caller A
      Then caller A is connected
      And caller A's callee length is 0

    @ACC-39 @must @needs:connect-data
    Scenario: An answer beyond the capacity leaves a deferred request at the head
      Given a listener
      When callers A to B request connections
      And the server defers caller A
      And the server calls WSAAccept on the listener
      And the server's condition function accepts, having written callee data of one byte more than the largest size
      Then the server's call fails with WSAEFAULT
      And the server accepts caller A
      And the server accepts caller B

    @ACC-40 @must @needs:connect-data @needs:callee-buffer
    Scenario Outline: A buffer of the function's own is ignored
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A, having <effect> and replaced the callee buffer
      Then caller A is connected
      And <received>

      Examples:
        | effect                     | received                                 |
        | written callee data "mine" | caller A has received callee data "mine" |
        | set the callee length to 2 | caller A has received callee data 0x0000 |
        | done nothing               | caller A's callee length is 0            |

    @ACC-38 @ACC-41 @must @needs:connect-data
    Scenario: Each caller gets its own answer
      Given a listener
      When caller A requests a connection with room for 64 bytes of callee data
      And caller B requests a connection with room for 64 bytes of callee data
      And caller C requests a connection with room for 64 bytes of callee data
      And the server accepts caller A, having written callee data "the first answer"
      And the server accepts caller B, having written callee data "second"
      And the server accepts caller C
      Then caller A has received callee data "the first answer"
      And caller B has received callee data "second"
      And caller C's callee length is 0

  Rule: Answers of rejections and deferrals

    @ACC-44 @UDA-14 @CON-32 @must @needs:connect-data @needs:refusal-data
    Scenario Outline: The data of a rejection goes with the refusal
      Given a listener
      When caller A requests a connection <how> with room for 64 bytes of callee data
      And the server rejects caller A, having written callee data "come back tomorrow"
      Then caller A's attempt fails with WSAECONNREFUSED
      And caller A's callee length is 0
      When caller A calls WSARecvDisconnect with room for 64 bytes
      Then caller A's call returns data "come back tomorrow"

      Examples:
        | how               |
        | and waits         |
        | in the background |

    @ACC-44 @must @needs:connect-data @needs:refusal-data
    Scenario: The data of a rejection after a deferral is that of the rejection
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server defers caller A, having written callee data "deferred"
      And the server rejects caller A, having written callee data "no"
      Then caller A's attempt fails with WSAECONNREFUSED
      When caller A calls WSARecvDisconnect with room for 64 bytes
      Then caller A's call returns data "no"

    @ACC-44 @must @needs:connect-data @needs:refusal-data
    Scenario: A rejection after a deferral with data carries none of it
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server defers caller A, having written callee data "deferred"
      And the server rejects caller A
      Then caller A's attempt fails with WSAECONNREFUSED
      And WSARecvDisconnect on caller A with room for 64 bytes fails with WSAENOTCONN

    @ACC-44 @CON-11 @must @needs:connect-data @needs:refusal-data
    Scenario: The data of a refusal does not outlive the next attempt
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server rejects caller A, having written callee data "the first time"
      Then caller A's attempt fails with WSAECONNREFUSED
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server rejects caller A
      Then caller A's attempt fails with WSAECONNREFUSED
      And WSARecvDisconnect on caller A with room for 64 bytes fails with WSAENOTCONN

    @ACC-44 @CON-11 @must @needs:connect-data @needs:refusal-data
    Scenario: A caller that was refused with data can be accepted with other data
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server rejects caller A, having written callee data "refused"
      Then caller A's attempt fails with WSAECONNREFUSED
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server accepts caller A, having written callee data "welcome"
      Then caller A is connected
      And caller A has received callee data "welcome"
      And caller A and the accepted socket can talk

    @ACC-44 @must @needs:connect-data
    Scenario: Callee data before a deferral is dropped
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server defers caller A, having written callee data "dropped"
      And the server accepts caller A
      Then caller A is connected
      And caller A's callee length is 0

    @ACC-44 @must @needs:connect-data
    Scenario: A later answer replaces a dropped one
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server defers caller A, having written callee data "a long one dropped"
      And the server accepts caller A, having written callee data "kept"
      Then caller A is connected
      And caller A has received callee data "kept"

    @ACC-44 @ACC-27 @must @needs:connect-data
    Scenario: An acceptance without question sends no dropped answer
      Given a listener
      When caller A requests a connection and waits with room for 64 bytes of callee data
      And the server defers caller A, having written callee data "dropped"
      And the server accepts caller A without a condition function
      Then caller A is connected
      And caller A's callee length is 0

    @ACC-44 @ACC-32 @must @needs:connect-data
    Scenario: A deferred request is shown again with its caller data
      Given a listener
      When caller A requests a connection with caller data "the same"
      And the server defers caller A
      And the server defers caller A, having written callee data "other"
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data     | "the same" |
        | callee capacity | the limit  |

  Rule: The limits

    @UDA-27 @UDA-09 @UDA-04 @DIS-58 @must @needs:connect-data @needs:disconnect-data
    Scenario: The limits of an entry with user data
      Given a listener
      Then the limits of the listener are 32 and 64

    @UDA-27 @UDA-04 @must @needs-not:connect-data @needs-not:disconnect-data
    Scenario: The limits of an entry without user data
      Given a listener
      Then the limits of the listener are 0 and 0

    @UDA-10 @UDA-09 @UDA-27 @must @needs:connect-data @needs:disconnect-data @needs:settings
    Scenario Outline: The limits are settings
      Given the connect data limit is <connect>
      And the disconnect data limit is <disconnect>
      And a listener
      Then the limits of the listener are <connect> and <disconnect>
      When caller A requests a connection with caller data of <connect> bytes and room for 5000 bytes of callee data
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data     | of <connect> bytes |
        | callee capacity | <connect>          |
      When the server's condition function accepts, having written callee data of <connect> bytes
      Then caller A is connected
      And caller A has received callee data of <connect> bytes
      When caller A calls WSASendDisconnect with disconnect data of <above> bytes
      Then caller A's call fails with WSAEFAULT
      When caller A calls WSASendDisconnect with disconnect data of <disconnect> bytes
      Then caller A's call succeeds

      Examples:
        | connect | disconnect | above |
        | 16      | 16         | 17    |
        | 4096    | 4096       | 4097  |

    @UDA-10 @CON-26 @must @needs:connect-data @needs:settings
    Scenario: A lowered limit refuses more
      Given the connect data limit is 16
      And a non-blocking listener
      And a fresh caller A
      When caller A calls WSAConnect with the address of the listener and caller data of 17 bytes
      Then caller A's call fails with WSAEFAULT
      And no request is pending on the listener
