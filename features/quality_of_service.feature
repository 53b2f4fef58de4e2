Feature: Quality of service as a control code
  Flow specifications can be set before a connect and on a connection. They are negotiated, and nothing is enforced.

  Rule: What can be set and read

    @QOS-08 @QOS-05 @QOS-13 @must @needs:qos
    Scenario: What was set before counts for a connect that asks for nothing itself
      Given a listener
      And a fresh caller A
      When caller A calls SIO_SET_QOS with a QOS
      Then caller A's call succeeds
      When caller A requests a connection
      And the server accepts caller A
      Then caller A is connected
      And the QOS of caller A is its own
      And the QOS of the accepted socket is that of the caller, turned round

    @QOS-13 @QOS-05 @must @needs:qos
    Scenario: Setting it on a connection changes that of both ends
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls SIO_SET_QOS with a QOS
      Then caller A's call succeeds
      And the QOS of caller A is its own
      And the QOS of the accepted socket is that of the caller, turned round

    @QOS-09 @must @needs:qos
    Scenario: What cannot be met is refused and changes nothing
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls SIO_SET_QOS with a QOS
      And caller A calls SIO_SET_QOS with a QOS that cannot be met
      Then caller A's call fails with WSAEOPNOTSUPP
      And the QOS of caller A is its own
      And the QOS of the accepted socket is that of the caller, turned round

    @QOS-14 @must @needs:qos
    Scenario: Before a socket is bound there is nothing to read
      Given a listener
      And a fresh caller A
      When caller A calls SIO_GET_QOS
      Then caller A's call fails with WSAEINVAL
      When the server calls SIO_GET_QOS on the listener
      Then the server's call succeeds

    @QOS-10 @must @needs-not:qos
    Scenario Outline: An entry without quality of service has neither
      Given a bound socket S
      When the server calls <call>
      Then the server's call fails with WSAENOPROTOOPT

      Examples:
        | call                               |
        | SIO_GET_QOS on socket S            |
        | SIO_SET_QOS on socket S with a QOS   |

  Rule: A direction that is not used

    @QOS-11 @must @needs:qos
    Scenario: What is asked for the ended direction is ignored
      Given a listener
      When caller A requests a connection
      And the server accepts caller A
      And caller A is connected
      And caller A calls SIO_SET_QOS with a QOS
      And caller A calls SIO_SET_QOS with a QOS that cannot be met
      Then caller A's call fails with WSAEOPNOTSUPP
      When caller A calls shutdown with direction send
      And caller A calls SIO_SET_QOS with a QOS that cannot be met
      Then caller A's call succeeds
      And the QOS of caller A is its own
      And the QOS of the accepted socket is that of the caller, turned round
