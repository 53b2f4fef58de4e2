@needs:events
Feature: Event objects
  An event object is set or not. Network events set it, and so can the program; only the program resets it. A thread can
  wait for up to 64 of them.

  Rule: It is what the program makes it

    @EVT-37 @must
    Scenario: A new one is not set
      Given an event object
      Then the event object is not set

    @EVT-38 @EVT-47 @EVT-37 @must
    Scenario: It is set until it is reset, whoever waits
      Given an event object
      When the server sets the event object
      Then the event object is set
      And the event object is set
      When the server sets the event object
      Then the event object is set
      When the server resets the event object
      Then the event object is not set
      When the server resets the event object
      Then the event object is not set

    @EVT-39 @EVT-38 @EVT-44 @ERR-01 @must
    Scenario Outline: A closed one is gone
      Given an event object
      And the server closes the event object
      When the server calls <call> with the event object
      Then the server's call fails with WSA_INVALID_HANDLE

      Examples:
        | call          |
        | WSASetEvent   |
        | WSAResetEvent |

      @needs:handles
      Examples:
        | call          |
        | WSACloseEvent |

  Rule: A wait for one of several

    @EVT-40 @EVT-47 @must
    Scenario: The first that is set
      Given an event object
      And a second event object
      And a third event object
      When the server sets the third event object
      And the server waits for the event object, the second event object and the third event object
      Then the server's wait ends with the third
      When the server sets the second event object
      And the server waits for the event object, the second event object and the third event object
      Then the server's wait ends with the second
      When the server waits for the event object, the second event object and the third event object
      Then the server's wait ends with the second

    @EVT-40 @EVT-42 @must
    Scenario: It lasts until one is set
      Given an event object
      And a second event object
      When the server waits for the event object and the second event object
      Then the server's call is still under way
      When another thread sets the second event object
      Then the server's wait ends with the second

    @EVT-40 @EVT-38 @must
    Scenario: Every thread that waits is told
      Given an event object
      When the server waits for the event object
      And another thread waits for the event object
      Then the server's call is still under way
      And another thread's call is still under way
      When a third thread sets the event object
      Then the server's wait ends with the first
      And another thread's wait ends with the first

    @EVT-42 @must
    Scenario Outline: The time passes
      Given an event object
      And a second event object
      When the server waits for <objects> for at most <time> ms
      Then the server's wait times out

      Examples:
        | objects                                             | time |
        | the event object                                    | 0    |
        | the event object                                    | 20   |
        | the event object and the second event object        | 20   |
        | all of the event object and the second event object | 0    |
        | all of the event object and the second event object | 20   |

    @EVT-42 @must
    Scenario: No time is enough for one that is set
      Given an event object
      And the server sets the event object
      When the server waits for the event object for at most 0 ms
      Then the server's wait ends with the first

    @EVT-46 @EVT-42 @must @needs:winsock-api
    Scenario: An alertable wait is a wait like any other
      Given an event object
      When the server waits alertably for the event object for at most 20 ms
      Then the server's wait times out
      When the server sets the event object
      And the server waits alertably for the event object
      Then the server's wait ends with the first

  Rule: A wait for all

    @EVT-41 @EVT-47 @must
    Scenario: All are set at the same moment
      Given an event object
      And a second event object
      When the server sets the event object
      And the server waits for all of the event object and the second event object
      Then the server's call is still under way
      And the event object is set
      When another thread resets the event object
      And another thread sets the second event object
      Then the server's call is still under way
      When another thread sets the event object
      Then the server's wait ends
      And the event object is set
      And the second event object is set

    @EVT-45 @ERR-03 @should
    Scenario: One cannot be named twice
      Given an event object
      And the server sets the event object
      When the server waits for all of the event object and the event object
      Then the server's call fails with WSA_INVALID_PARAMETER

    @EVT-45 @should
    Scenario: In a wait for one of several it can
      Given an event object
      And the server sets the event object
      When the server waits for the event object and the event object
      Then the server's wait ends with the first

  Rule: What cannot be waited for

    @EVT-43 @ERR-03 @must
    Scenario Outline: None, and too many
      When the server waits for <objects> for at most 0 ms
      Then the server's call fails with WSA_INVALID_PARAMETER

      Examples:
        | objects                 |
        | no event object         |
        | 65 event objects        |
        | all of 65 event objects |

    @EVT-43 @must
    Scenario: As many as can be
      When the server waits for 64 event objects for at most 0 ms
      Then the server's wait times out

    @EVT-44 @EVT-39 @ERR-01 @must
    Scenario Outline: One that is closed
      Given an event object
      And a second event object
      And the server sets the event object
      And the server closes the second event object
      When the server waits for <objects> for at most 0 ms
      Then the server's call fails with WSA_INVALID_HANDLE

      Examples:
        | objects                                             |
        | the event object and the second event object        |
        | all of the event object and the second event object |

    @EVT-62 @ERR-01 @must
    Scenario Outline: One that is closed meanwhile
      Given an event object
      And a second event object
      When the server waits for <objects>
      Then the server's call is still under way
      When another thread closes the second event object
      Then the server's call fails with WSA_INVALID_HANDLE

      Examples:
        | objects                                             |
        | the second event object                             |
        | the event object and the second event object        |
        | all of the event object and the second event object |

  Rule: A descriptor to be polled

    @EVT-61 @must @needs:event-descriptors
    Scenario: It shows what the program makes of it
      Given an event object
      Then the event object is not set
      And the descriptor of the event object is not readable
      When the server sets the event object
      Then the descriptor of the event object is readable
      And the descriptor of the event object is readable
      When the server resets the event object
      Then the event object is not set
      And the descriptor of the event object is not readable

    @EVT-61 @must @needs:event-descriptors
    Scenario: It is asked for when the object is set already
      Given an event object
      And the server sets the event object
      Then the descriptor of the event object is readable

    @EVT-61 @EVT-11 @must @needs:event-descriptors
    Scenario: It shows network events without a wait
      Given a listener
      And the listener is registered for FD_ACCEPT
      Then the descriptor of the event object is not readable
      When caller A requests a connection
      Then the descriptor of the event object is readable
      And the event object is set
      And FD_ACCEPT is recorded on the listener
      And the event object is not set
      And the descriptor of the event object is not readable

    @EVT-61 @EVT-15 @must @needs:event-descriptors
    Scenario: It is asked for when network events have happened already
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then the descriptor of the event object is readable

    @EVT-61 @ACC-09 @must @needs:event-descriptors
    Scenario: It is silent while the head is deferred
      Given a listener
      And the listener is registered for FD_ACCEPT
      When caller A requests a connection
      Then FD_ACCEPT is recorded on the listener
      When the server defers caller A
      Then the event object is not set
      And the descriptor of the event object is not readable
      When caller B requests a connection
      Then the event object is not set
      And the descriptor of the event object is not readable

    @EVT-61 @must @needs:event-descriptors
    Scenario: An event object costs no descriptor
      Given an event object
      And the server sets the event object
      And the open descriptors of the server are counted
      And a second event object
      And a third event object
      When the server sets the third event object
      Then the server has as many descriptors open as before

  Rule: It is shared

    @EVT-49 @must
    Scenario: By sockets
      Given a listener
      And a second listener
      And the listener is registered for FD_ACCEPT
      And the second listener is registered for FD_ACCEPT with the event object
      When caller A requests a connection to the second listener
      Then the event object is set
      And nothing is recorded on the listener
      And FD_ACCEPT is recorded on the second listener
      When caller B requests a connection
      Then the event object is set
      And nothing is recorded on the second listener
      And FD_ACCEPT is recorded on the listener
      And the event object is not set

    @EVT-49 @EVT-32 @must
    Scenario: A socket that is closed leaves it to the others
      Given a listener
      And a second listener
      And the listener is registered for FD_ACCEPT
      And the second listener is registered for FD_ACCEPT with the event object
      When the server calls closesocket on the second listener
      Then the server's call succeeds
      And the event object is not set
      When caller A requests a connection
      Then the event object is set
      And FD_ACCEPT is recorded on the listener
