variable "databases" {
  description = "Where the clusters' databases are."
  sensitive   = true
  type = map(object({
    host     = string
    port     = optional(number, 3306)
    database = optional(string, "asterisk")
    username = string
    password = string
  }))
}

variable "secrets" {
  description = "Passwords that servers use among themselves."
  sensitive   = true
  ephemeral   = true
  type = object({
    conf_secret    = string
    manager_secret = string
  })
}
