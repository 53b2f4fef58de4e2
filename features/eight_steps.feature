Feature: The eight steps of a goodbye
  One end is in charge of ending the connection. It ends it with its own total; the other end adds that up and answers
  with the total of all its peers.

    (1) the first end: WSASendDisconnect with its total
    (2) the second end: the notice
    (3) the second end: WSARecvDisconnect
    (4) the second end: adds it up
    (5) the second end: WSASendDisconnect with the grand total
    (5a) the second end: closesocket, at any time after (5)
    (6) the first end: the notice
    (7) the first end: WSARecvDisconnect
    (8) the first end: closesocket

  The notice is recv returning 0.

  Rule: With disconnect data

    @DIS-05 @DIS-06 @DIS-07 @DIS-08 @DIS-09 @DIS-11 @DIS-12 @must @needs:disconnect-data
    Scenario Outline: The client is in charge
      Given a listener
      When callers A to B request connections
      And the server accepts callers A to B
      Then callers A to B are connected
      # One client has gone already: the server's total counts both.
      And WSASendDisconnect on caller A with disconnect data "12 of A" succeeds
      And the accepted socket of A reaches the end of the stream
      And WSARecvDisconnect on the accepted socket of A hands over "12 of A"
      And WSASendDisconnect on the accepted socket of A with disconnect data "12 of all" succeeds
      And closesocket on the accepted socket of A succeeds
      And caller A reaches the end of the stream
      And WSARecvDisconnect on caller A hands over "12 of all"
      And closesocket on caller A succeeds
      # (1) to (5)
      And WSASendDisconnect on caller B with disconnect data "30 of B" succeeds
      And the accepted socket of B reaches the end of the stream
      And WSARecvDisconnect on the accepted socket of B hands over "30 of B"
      And WSASendDisconnect on the accepted socket of B with disconnect data "42 of all" succeeds
      And <first>
      And <second>
      And <third>
      And <fourth>

      Examples: (5a) before, between and after (6), (7) and (8)
        | first                                            | second                                               | third                                                | fourth                                           |
        | closesocket on the accepted socket of B succeeds | caller B reaches the end of the stream               | WSARecvDisconnect on caller B hands over "42 of all" | closesocket on caller B succeeds                 |
        | caller B reaches the end of the stream           | closesocket on the accepted socket of B succeeds     | WSARecvDisconnect on caller B hands over "42 of all" | closesocket on caller B succeeds                 |
        | caller B reaches the end of the stream           | WSARecvDisconnect on caller B hands over "42 of all" | closesocket on the accepted socket of B succeeds     | closesocket on caller B succeeds                 |
        | caller B reaches the end of the stream           | WSARecvDisconnect on caller B hands over "42 of all" | closesocket on caller B succeeds                     | closesocket on the accepted socket of B succeeds |

    @DIS-14 @DIS-09 @DIS-11 @DIS-12 @must @needs:disconnect-data
    Scenario Outline: The server is in charge
      Given a listener
      When callers A to B request connections
      And the server accepts callers A to B
      Then callers A to B are connected
      # Its connections end one after the other, each with the total so far.
      And WSASendDisconnect on the accepted socket of A with disconnect data "0 so far" succeeds
      And caller A reaches the end of the stream
      And WSARecvDisconnect on caller A hands over "0 so far"
      And WSASendDisconnect on caller A with disconnect data "12 of A" succeeds
      And closesocket on caller A succeeds
      And the accepted socket of A reaches the end of the stream
      And WSARecvDisconnect on the accepted socket of A hands over "12 of A"
      And closesocket on the accepted socket of A succeeds
      # (1) to (5)
      And WSASendDisconnect on the accepted socket of B with disconnect data "12 so far" succeeds
      And caller B reaches the end of the stream
      And WSARecvDisconnect on caller B hands over "12 so far"
      And WSASendDisconnect on caller B with disconnect data "30 of B" succeeds
      And <first>
      And <second>
      And <third>
      And <fourth>

      Examples: (5a) before, between and after (6), (7) and (8)
        | first                                                  | second                                                             | third                                                              | fourth                                           |
        | closesocket on caller B succeeds                       | the accepted socket of B reaches the end of the stream             | WSARecvDisconnect on the accepted socket of B hands over "30 of B" | closesocket on the accepted socket of B succeeds |
        | the accepted socket of B reaches the end of the stream | closesocket on caller B succeeds                                   | WSARecvDisconnect on the accepted socket of B hands over "30 of B" | closesocket on the accepted socket of B succeeds |
        | the accepted socket of B reaches the end of the stream | WSARecvDisconnect on the accepted socket of B hands over "30 of B" | closesocket on caller B succeeds                                   | closesocket on the accepted socket of B succeeds |
        | the accepted socket of B reaches the end of the stream | WSARecvDisconnect on the accepted socket of B hands over "30 of B" | closesocket on the accepted socket of B succeeds                   | closesocket on caller B succeeds                 |

    @DIS-13 @must @needs:disconnect-data
    Scenario: No notice and no data before their time
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      Then caller A is connected
      And nothing is there to receive on the accepted socket
      And WSARecvDisconnect on the accepted socket hands over ""
      And WSASendDisconnect on caller A with disconnect data "12" succeeds
      And WSARecvDisconnect on the accepted socket hands over "12"
      And nothing is there to receive on caller A
      And WSARecvDisconnect on caller A hands over ""
      And WSASendDisconnect on the accepted socket with disconnect data "42" succeeds
      And WSARecvDisconnect on caller A hands over "42"

  Rule: Without disconnect data, the totals travel before the goodbye

    @DIS-01 @DIS-06 @DIS-12 @DIS-19 @DIS-47 @must @needs-not:disconnect-data
    Scenario Outline: The client is in charge
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      Then caller A is connected
      And send on caller A with data "12 of A" succeeds
      And WSASendDisconnect on caller A with no data succeeds
      And the accepted socket of A receives "12 of A"
      And the accepted socket of A reaches the end of the stream
      And WSARecvDisconnect on the accepted socket of A with no buffer succeeds
      And send on the accepted socket of A with data "42 of all" succeeds
      And WSASendDisconnect on the accepted socket of A with no data succeeds
      And <first>
      And <second>
      And <third>
      And <fourth>
      And <fifth>

      Examples: (5a) before, between and after (6), (7) and (8)
        | first                                            | second                                           | third                                                 | fourth                                                | fifth                                            |
        | closesocket on the accepted socket of A succeeds | caller A receives "42 of all"                    | caller A reaches the end of the stream                | WSARecvDisconnect on caller A with no buffer succeeds | closesocket on caller A succeeds                 |
        | caller A receives "42 of all"                    | closesocket on the accepted socket of A succeeds | caller A reaches the end of the stream                | WSARecvDisconnect on caller A with no buffer succeeds | closesocket on caller A succeeds                 |
        | caller A receives "42 of all"                    | caller A reaches the end of the stream           | closesocket on the accepted socket of A succeeds      | WSARecvDisconnect on caller A with no buffer succeeds | closesocket on caller A succeeds                 |
        | caller A receives "42 of all"                    | caller A reaches the end of the stream           | WSARecvDisconnect on caller A with no buffer succeeds | closesocket on the accepted socket of A succeeds      | closesocket on caller A succeeds                 |
        | caller A receives "42 of all"                    | caller A reaches the end of the stream           | WSARecvDisconnect on caller A with no buffer succeeds | closesocket on caller A succeeds                      | closesocket on the accepted socket of A succeeds |

    @DIS-01 @DIS-12 @DIS-19 @DIS-47 @must @needs-not:disconnect-data
    Scenario Outline: The server is in charge
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      Then caller A is connected
      And send on the accepted socket of A with data "12 so far" succeeds
      And WSASendDisconnect on the accepted socket of A with no data succeeds
      And caller A receives "12 so far"
      And caller A reaches the end of the stream
      And WSARecvDisconnect on caller A with no buffer succeeds
      And send on caller A with data "30 of A" succeeds
      And WSASendDisconnect on caller A with no data succeeds
      And <first>
      And <second>
      And <third>
      And <fourth>
      And <fifth>

      Examples: (5a) before, between and after (6), (7) and (8)
        | first                                       | second                                                 | third                                                                 | fourth                                                                | fifth                                            |
        | closesocket on caller A succeeds            | the accepted socket of A receives "30 of A"            | the accepted socket of A reaches the end of the stream                | WSARecvDisconnect on the accepted socket of A with no buffer succeeds | closesocket on the accepted socket of A succeeds |
        | the accepted socket of A receives "30 of A" | closesocket on caller A succeeds                       | the accepted socket of A reaches the end of the stream                | WSARecvDisconnect on the accepted socket of A with no buffer succeeds | closesocket on the accepted socket of A succeeds |
        | the accepted socket of A receives "30 of A" | the accepted socket of A reaches the end of the stream | closesocket on caller A succeeds                                      | WSARecvDisconnect on the accepted socket of A with no buffer succeeds | closesocket on the accepted socket of A succeeds |
        | the accepted socket of A receives "30 of A" | the accepted socket of A reaches the end of the stream | WSARecvDisconnect on the accepted socket of A with no buffer succeeds | closesocket on caller A succeeds                                      | closesocket on the accepted socket of A succeeds |
        | the accepted socket of A receives "30 of A" | the accepted socket of A reaches the end of the stream | WSARecvDisconnect on the accepted socket of A with no buffer succeeds | closesocket on the accepted socket of A succeeds                      | closesocket on caller A succeeds                 |
