Feature: What the condition function is given
  Through its input parameters the condition function learns who calls and what the request carries.

  Rule: Caller and callee

    @ACC-01 @ACC-12 @ACC-30 @ACC-35 @must
    Scenario: The addresses of both ends
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called
      And the server's condition function was shown
        | caller id | the address of caller A     |
        | callee id | the address of the listener |
      When the server's condition function accepts
      Then getpeername of the accepted socket is the address of caller A
      And getsockname of the accepted socket is the address of the listener

    @ACC-30 @ACC-35 @SKT-18 @must @ipv6 @needs:network-errors
    Scenario: The addresses of both ends over IPv6
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called
      And the server's condition function was shown
        | caller id | the address of caller A     |
        | callee id | the address of the listener |
      When the server's condition function accepts
      Then getpeername of the accepted socket is the address of caller A
      And getsockname of the accepted socket is the address of the listener
      And caller A and the accepted socket can talk

    @ACC-30 @ACC-35 @must @needs:callee-buffer
    Scenario: The lengths of both addresses
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called
      And the server's condition function was shown
        | caller id len | 16 |
        | callee id len | 16 |

    @ACC-30 @ACC-35 @must @ipv6 @needs:callee-buffer @needs:network-errors
    Scenario: The lengths of both addresses over IPv6
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called
      And the server's condition function was shown
        | caller id len | 28 |
        | callee id len | 28 |

    @ACC-35 @SKT-18 @must @needs:port-addresses
    Scenario: Behind a wildcard the callee id is the address that was called
      Given a listener at the wildcard address
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | callee id | the address of the listener |
      When the server's condition function accepts
      Then getsockname of the accepted socket is the address of the listener
      And caller A and the accepted socket can talk

    @ACC-12 @ACC-02 @must
    Scenario: Each request brings its own caller
      Given a listener
      When callers A to C request connections
      Then the server rejects caller A
      And the server defers caller B
      And the server accepts caller B
      And the server accepts caller C

    @ACC-73 @must @needs:peer-credentials
    Scenario: The credentials of the caller
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown the credentials of the callers

  Rule: The calling thread

    @ACC-25 @must
    Scenario: The condition function runs on the thread that called accept
      Given a listener
      When caller A requests a connection
      And another thread calls WSAAccept on the listener
      Then another thread's condition function is called for caller A
      And another thread's condition function was shown
        | thread | the calling thread |

    @ACC-25 @must
    Scenario: Also after the call has waited
      Given a listener
      When the server calls WSAAccept on the listener
      And caller A requests a connection
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | thread | the calling thread |

    @ACC-29 @must @needs:callback-context
    Scenario Outline: The callback data arrives unchanged
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener with callback data <data>
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | callback data | <data> |

      Examples:
        | data                 |
        | 0                    |
        | 4294967296           |
        | 18446744073709551615 |

    @ACC-60 @must
    Scenario: A condition function may take its time
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When 600 ms pass
      And the server's condition function accepts
      Then the server's call succeeds
      And caller A and the accepted socket can talk

    @ACC-60 @CON-10 @ACC-22 @must @needs:withdrawal-visible @needs:connect-timeout
    Scenario: The caller's time-out runs on while the function decides
      Given a listener
      And caller A has a connect time-out of 200 ms
      When caller A requests a connection and waits
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And caller A's attempt fails with WSAETIMEDOUT
      When the server's condition function accepts
      Then the server's call fails with WSAEACCES

  Rule: Caller data

    @ACC-31 @must
    Scenario: Without caller data there is none
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data | none |

    @ACC-13 @ACC-32 @UDA-01 @UDA-03 @UDA-07 @must @needs:connect-data
    Scenario Outline: The bytes of the caller, exactly
      Given a listener
      When caller A requests a connection with caller data <data>
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data | <data> |

      Examples:
        | data                |
        | "hello"             |
        | 0x00                |
        | 0x000102fffe0d0a00  |
        | of 31 bytes         |
        | of the largest size |

    @ACC-32 @ACC-31 @must @needs:connect-data
    Scenario: Each request has its own caller data
      Given a listener
      When caller A requests a connection with caller data "a longer one"
      And caller B requests a connection
      And caller C requests a connection with caller data "short"
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data | "a longer one" |
      When the server's condition function rejects
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller B
      And the server's condition function was shown
        | caller data | none |
      When the server's condition function accepts
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller C
      And the server's condition function was shown
        | caller data | "short" |

    @UDA-06 @ACC-13 @must @needs:connect-data
    Scenario: Caller data and callee data are not in the stream
      Given a listener
      When caller A requests a connection with caller data "hidden" and room for 32 bytes of callee data
      And the server accepts caller A, having written callee data "hidden too"
      Then caller A is connected
      And nothing is there to receive on the accepted socket
      And nothing is there to receive on caller A
      And caller A and the accepted socket can talk

    @UDA-12 @ACC-42 @must @needs:connect-data
    Scenario: What a copy holds stays intact
      Given a listener
      When caller A requests a connection with caller data "kept by the provider"
      And caller B requests a connection with caller data "another one"
      And the server defers caller A
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When caller C requests a connection with caller data "a third one"
      Then the server's condition function was shown
        | caller data | "kept by the provider"      |
        | caller id   | the address of caller A     |
        | callee id   | the address of the listener |

    @ACC-42 @must
    Scenario: What is shown stays intact while the function runs
      Given a listener
      When callers A to B request connections
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When caller C requests a connection
      And caller B closes
      Then the server's condition function was shown
        | caller id   | the address of caller A     |
        | callee id   | the address of the listener |
        | caller data | none                        |

  Rule: Quality of service

    @ACC-33 @QOS-03 @must
    Scenario: Without a QOS from the caller there is none
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | QOS | none |

    @ACC-33 @ACC-04 @QOS-01 @QOS-05 @must @needs:qos @needs:qos-parameter
    Scenario: The QOS of the caller, seen from the server
      Given a listener
      When caller A requests a connection with a QOS
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | QOS | the QOS of the caller |

    @ACC-34 @GRP-06 @must @needs:group-qos
    Scenario: There never is a group QOS
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | group QOS | none |

    @ACC-34 @GRP-06 @must
    Scenario: No group QOS is ever shown
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown no group QOS

    @ACC-44 @QOS-20 @must @needs:qos @needs:qos-parameter
    Scenario: Changes to the QOS before a deferral are dropped
      Given a listener
      When caller A requests a connection with a QOS
      And the server defers caller A, having set the QOS
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | QOS | the QOS of the caller |

  Rule: The parameters are inputs

    @ACC-43 @must @needs:writable-inputs
    Scenario: Overwriting the inputs changes nothing for the connection
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      And the server's condition function accepts, having overwritten its inputs
      Then the server's call succeeds
      And getpeername of the accepted socket is the address of caller A
      And getsockname of the accepted socket is the address of the listener
      And caller A and the accepted socket can talk

    @ACC-43 @must @needs:writable-inputs @needs:address-buffers
    Scenario: Overwriting the inputs does not reach the address buffer
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener with an address buffer of 128 bytes
      And the server's condition function rejects, having overwritten its inputs
      Then the server's call fails with WSAECONNREFUSED
      And the server's call returns addr the address of caller A

    @ACC-43 @ACC-08 @must @needs:writable-inputs
    Scenario: Overwriting the inputs changes nothing for a later call
      Given a listener
      When caller A requests a connection
      And the server defers caller A, having overwritten its inputs
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller id | the address of caller A     |
        | callee id | the address of the listener |

    @ACC-43 @ACC-44 @must @needs:writable-inputs @needs:connect-data
    Scenario: Overwritten caller data is whole again
      Given a listener
      When caller A requests a connection with caller data "original"
      And the server defers caller A, having overwritten its inputs
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      And the server's condition function was shown
        | caller data | "original" |

  Rule: The calling thread's last error

    @HND-28 @ACC-53 @must @needs:last-error
    Scenario Outline: The last error after accept is accept's own
      Given a listener
      When caller A requests a connection
      And the server calls WSAAccept on the listener
      Then the server's condition function is called for caller A
      When the server calls WSASetLastError with error WSAEFAULT
      And the server calls WSAGetLastError
      Then the server's call returns error WSAEFAULT
      When the server's condition function <decision>
      Then the server's call fails with <error>
      When the server calls WSAGetLastError
      Then the server's call returns error <error>

      Examples:
        | decision | error           |
        | rejects  | WSAECONNREFUSED |
        | defers   | WSATRY_AGAIN    |

    @HND-23 @must @needs:last-error
    Scenario: Each thread has its own last error
      Given a non-blocking listener
      When another thread calls WSASetLastError with error 0
      And the server calls WSAAccept on the listener
      Then the server's call fails with WSAEWOULDBLOCK
      When the server calls WSAGetLastError
      And another thread calls WSAGetLastError
      Then the server's call returns error WSAEWOULDBLOCK
      And another thread's call returns error 0
