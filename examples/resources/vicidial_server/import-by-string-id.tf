import {
  to = vicidial_server.dial1
  id = "dial1"
}
