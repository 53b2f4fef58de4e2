@needs:message-oriented
Feature: Messages
  A message-oriented socket keeps the boundaries of what is sent: a send is one message, and a receive takes one. A
  message may have no bytes, so the end of the connection has an error of its own.

  Background:
    Given sockets are message-oriented
    And a listener
    When caller A requests a connection
    And the server accepts caller A
    And caller A is connected

  Rule: Boundaries

    @DIS-35 @LAY-37 @must
    Scenario: A receive takes one message
      When caller A calls send with data "first"
      And caller A calls send with data "second"
      And caller A calls send with data 0x00
      Then the accepted socket receives "first"
      And the accepted socket receives "second"
      And the accepted socket receives 0x00
      And nothing is there to receive on the accepted socket
      And SO_TYPE of the accepted socket is 5

    @DIS-34 @must
    Scenario: A message of no bytes is a message
      When caller A calls send with data ""
      Then caller A's call returns n 0
      When caller A calls send with data "after it"
      Then the accepted socket receives ""
      And the accepted socket receives "after it"
      And nothing is there to receive on the accepted socket

    @DIS-34 @must
    Scenario: A receive that waits is given a message of no bytes
      When the server calls recv on the accepted socket with room for 16 bytes
      Then the server's call is still under way
      When caller A calls send with data ""
      Then the server's call returns data ""

    @ERR-18 @must
    Scenario: A message that is longer than the buffer stays
      When caller A calls send with data "too long"
      Then recv on the accepted socket with room for 4 bytes fails with WSAEMSGSIZE
      And recv on the accepted socket with room for 7 bytes and MSG_PEEK fails with WSAEMSGSIZE
      And the accepted socket receives "too long"

    @LAY-36 @must
    Scenario: MSG_PEEK leaves the message
      When caller A calls send with data "look"
      And the server calls recv on the accepted socket with room for 16 bytes and MSG_PEEK
      Then the server's call returns data "look"
      And the accepted socket receives "look"
      And nothing is there to receive on the accepted socket

    @DIS-35 @LAY-36 @must
    Scenario: MSG_PARTIAL takes a part of one message
      When caller A calls send with data "abcdef"
      And caller A calls send with data "next"
      And the server calls recv on the accepted socket with room for 4 bytes and MSG_PARTIAL
      Then the server's call returns data "abcd"
      When the server calls recv on the accepted socket with room for 16 bytes and MSG_PARTIAL
      Then the server's call returns data "ef"
      And the accepted socket receives "next"

    @DIS-35 @must
    Scenario: What MSG_PARTIAL leaves is a message
      When caller A calls send with data "abcdef"
      And the server calls recv on the accepted socket with room for 2 bytes and MSG_PARTIAL
      Then the server's call returns data "ab"
      And recv on the accepted socket with room for 3 bytes fails with WSAEMSGSIZE
      And the accepted socket receives "cdef"

  Rule: Room

    @ERR-18 @must
    Scenario: A message that can never be held is refused
      Given the accepted socket has SO_RCVBUF set to 100
      When caller A calls send with data of 101 bytes
      Then caller A's call fails with WSAEMSGSIZE
      When caller A calls send with data of 100 bytes
      Then caller A's call returns n 100
      And SO_MAX_MSG_SIZE of caller A is 100

    @DIS-35 @must
    Scenario: A message is sent whole or not at all
      Given the accepted socket has SO_RCVBUF set to 100
      And caller A is non-blocking
      When caller A calls send with data of 60 bytes
      And caller A calls send with data of 60 bytes
      Then caller A's call fails with WSAEWOULDBLOCK
      When the server calls recv on the accepted socket with room for 200 bytes
      Then the server's call returns data of 60 bytes
      And nothing is there to receive on the accepted socket

  Rule: The end

    @DIS-34 @DIS-06 @DIS-19 @ERR-45 @must
    Scenario Outline: After the last message the receive says that the peer has ended
      When caller A calls send with data "last"
      And caller A calls send with data ""
      And caller A calls <call>
      Then the accepted socket receives "last"
      And the accepted socket receives ""
      And recv on the accepted socket with room for 16 bytes fails with WSAEDISCON
      And recv on the accepted socket with room for 16 bytes fails with WSAEDISCON

      Examples:
        | call                           |
        | WSASendDisconnect with no data |
        | shutdown with direction send   |
        | closesocket                    |

    @DIS-34 @DIS-06 @must
    Scenario: A receive that waits is told of the end
      When the server calls recv on the accepted socket with room for 16 bytes
      And caller A calls WSASendDisconnect with no data
      Then the server's call fails with WSAEDISCON

    @DIS-35 @must
    Scenario: With MSG_PARTIAL the end is no error
      When caller A calls WSASendDisconnect with no data
      And the server calls recv on the accepted socket with room for 16 bytes and MSG_PARTIAL
      Then the server's call returns data ""
      And recv on the accepted socket with room for 16 bytes fails with WSAEDISCON

    @DIS-07 @DIS-19 @DIS-57 @must @needs:disconnect-data
    Scenario: Disconnect data comes after the messages and is none
      When caller A calls send with data "message"
      And caller A calls WSASendDisconnect with disconnect data "goodbye"
      Then the accepted socket receives "message"
      And recv on the accepted socket with room for 16 bytes fails with WSAEDISCON
      When the server calls WSARecvDisconnect on the accepted socket with room for 64 bytes
      Then the server's call returns data "goodbye"

    @DIS-47 @DIS-34 @must @needs:half-close
    Scenario: The other direction stays usable
      When caller A calls shutdown with direction send
      Then recv on the accepted socket with room for 16 bytes fails with WSAEDISCON
      When the server calls send on the accepted socket with data "still here"
      Then caller A receives "still here"

    @DIS-36 @must @needs:abort
    Scenario: A reset is no graceful end
      When caller A calls send with data "never seen"
      And caller A resets
      Then recv on the accepted socket with room for 16 bytes fails with WSAECONNRESET
      And recv on the accepted socket with room for 16 bytes and MSG_PARTIAL fails with WSAECONNRESET

  Rule: Kinds do not mix

    @CON-09 @must
    Scenario: A stream is refused by a listener for messages
      Given sockets are streams
      When caller B requests a connection
      Then caller B is refused

    @CON-09 @must
    Scenario: A message-oriented socket is refused by a listener for streams
      Given sockets are streams
      And a second listener
      And sockets are message-oriented
      When caller B requests a connection to the second listener
      Then caller B is refused

    @DIS-33 @must
    Scenario: A stream has no messages
      Given sockets are streams
      And a second listener
      When caller B requests a connection to the second listener
      And the server calls accept on the second listener
      And caller B is connected
      And caller B calls send with data "ab"
      And caller B calls send with data "cd"
      And caller B calls WSASendDisconnect with no data
      Then recv on the accepted socket with room for 16 bytes and MSG_PARTIAL fails with WSAEOPNOTSUPP
      And the accepted socket receives "abcd"
      And the accepted socket reaches the end of the stream
