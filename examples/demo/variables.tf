variable "nodes" {
  description = "Telephony nodes by `server_id`."
  type = map(object({
    server_ip        = string
    trunks           = number # lines that the node can hold, `max_vicidial_trunks`
    seats            = number # agents that can be logged in, one room each
    rank             = number # which node fills up first, higher before lower
    calls_per_second = optional(number, 10)
  }))
  nullable = false
  default = {
    dial1 = { server_ip = "10.10.20.11", trunks = 250, seats = 60, rank = 3, calls_per_second = 20 }
    dial2 = { server_ip = "10.10.20.12", trunks = 150, seats = 40, rank = 2 }
    dial3 = { server_ip = "10.10.20.13", trunks = 60, seats = 20, rank = 1 }
  }
}

variable "conf_secret" {
  description = "What the nodes prove themselves to one another with, `conf_secret`. It is written and never kept."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "manager_secret" {
  description = "Password of Asterisk's manager interface, `ASTmgrSECRET`. It is written and never kept."
  type        = string
  sensitive   = true
  ephemeral   = true
}
