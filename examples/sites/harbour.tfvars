# Two MeetMe nodes; the second stores voicemail.

connection = { host = "10.20.10.5" }

site = {
  name        = "harbour"
  database    = "10.20.10.5"
  coordinator = "dial2"
  telephony = {
    dial1 = { address = "10.20.10.11", engine = "MEETME" }
    dial2 = { address = "10.20.10.12", engine = "MEETME" }
  }
  campaigns = { SALES = { lines = 80 } }
  floors    = { all = { seats = ["3000-3019"] } }
  carriers  = { MAIN = { host = "192.0.2.10", protocol = "PJSIP", prefix = "9" } }
}
