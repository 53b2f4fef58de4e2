Feature: smoke

  @ACC-06 @must
  Scenario: reject
    Given a listener
    When caller A requests a connection
    And the server rejects caller A
    Then caller A is rejected
