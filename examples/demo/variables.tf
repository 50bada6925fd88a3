variable "nodes" {
  description = "Telephony nodes by `server_id`."
  type = map(object({
    server_ip        = string
    trunks           = number # lines that the node can hold, `max_vicidial_trunks`
    seats            = number # agents that can be logged in, one room each
    suffix           = string # what marks the node in phone logins
    rank             = number # which node fills up first, higher before lower
    calls_per_second = optional(number, 10)
  }))
  nullable = false
  default = {
    dial1 = { server_ip = "10.10.20.11", trunks = 250, seats = 60, suffix = "a", rank = 3, calls_per_second = 20 }
    dial2 = { server_ip = "10.10.20.12", trunks = 150, seats = 40, suffix = "b", rank = 2 }
    dial3 = { server_ip = "10.10.20.13", trunks = 60, seats = 20, suffix = "c", rank = 1 }
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

variable "carrier_secret" {
  description = "Password at the main carrier. It is written and never kept."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "phone_password" {
  description = "Password of agents' phone logins, `pass`. It is written and never kept."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "phone_secret" {
  description = "Password by which agents' devices register, `conf_secret`. It is written and never kept."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "proxy_folder" {
  description = "Where the proxies' configurations go. Their certificate is in it, and their logs."
  type        = string
}

variable "haproxy" {
  description = "Path of the HAProxy that reads its configuration before it is written."
  type        = string
}

variable "nginx" {
  description = "Path of the nginx that reads its configuration before it is written."
  type        = string
}
