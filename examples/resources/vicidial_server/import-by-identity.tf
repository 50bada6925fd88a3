import {
  to = vicidial_server.database
  identity = {
    server_id = "DB1"
  }
}
