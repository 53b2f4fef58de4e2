@needs-not:datagram-free
Feature: Datagrams
  A program that accepts connections may have a socket for datagrams beside them. Such a socket has no connections, so
  there is nothing to listen to and nothing to accept, and no user data travels with its connect.

  Background:
    Given sockets are for datagrams

  @LSN-17 @ERR-23 @must
  Scenario: There is nothing to listen to
    Given a bound socket S
    When the server calls listen on socket S with a backlog of 5
    Then the server's call fails with WSAEOPNOTSUPP
    And SO_ACCEPTCONN of socket S is 0

  @ACC-17 @ERR-23 @must
  Scenario Outline: There is nothing to accept
    Given a bound socket S
    When the server calls <call>
    Then the server's call fails with WSAEOPNOTSUPP

    Examples:
      | call                  |
      | WSAAccept on socket S |
      | accept on socket S    |

  @CON-28 @must
  Scenario: User data is ignored
    Given a bound socket S
    And a fresh caller A
    When caller A calls WSAConnect with the address of socket S and caller data "hello"
    Then caller A's call succeeds
    When caller A calls send with data "first"
    And the server calls recv on socket S with room for 16 bytes
    Then the server's call returns data "first"
