import Wire

/// Phone numbers.
extension Tool {
    static let phone = [
        search(
            "phone_number_search", in: .phone, at: "phone_number", "Finds phone numbers that can be rented.",
            [
                .required("countryCode", .matching("[A-Z]{2}"), "The country, in two letters.", example: "US"),
                .required("numberType", .text(longest: 50), "What kind of number.", example: "local"),
                .required(
                    "capabilities", .list(.text(longest: 50), most: 10), "What it must be able to do.",
                    example: ["sms", "voice"]),
                .optional("locality", .text(longest: 100), "A city to prefer.", example: "new-york"),
                .optional("contains", .matching("[0-9]+", longest: 15), "Digits that it has.", example: "42"),
            ]),
        look("phone_get", in: .phone, at: "phone_number", "Shows a phone number and its balance."),
        extend(
            "phone_balance_topup", in: .phone, capability: "phone:balance:topup",
            "Adds to the balance that messages are paid from. It is a purchase.", [.amountUSD]),
        look(
            "phone_message_list", in: .phone, at: "phone_number", capability: "phone:messages:read",
            "Lists messages, newest first.", InputField.sinceFields),
        look(
            "phone_message_get", in: .phone, at: "phone_number", capability: "phone:messages:read",
            "Shows one message.",
            [.required("messageId", .text(longest: 200), "The message, as phone_message_list names it.")]),
        change(
            "phone_message_send", in: .phone, keys: .required, capability: "phone:messages:send",
            "Sends a message, paid from the number's balance.",
            [
                .required("to", .matching("\\+[0-9]{3,15}"), "The other number.", example: "+12125550142"),
                .required("body", .text(longest: 1600), "What it says.", example: "The deploy is done."),
            ]),
        look(
            "phone_missed_call_list", in: .phone, at: "phone_number", capability: "phone:missed-calls:read",
            "Lists missed calls, newest first.", InputField.sinceFields),
        look(
            "phone_call_log_get", in: .phone, at: "phone_number", capability: "phone:call-log:read",
            "Lists all calls, newest first.", InputField.sinceFields),
        change(
            "phone_webhook_set", in: .phone, capability: "phone:webhook:set",
            "Says where messages and calls are told as they come.",
            [
                .required("url", .text(longest: 2000), "The address.", example: "https://example.com/phone"),
                .required(
                    "events", .list(.text(longest: 100), most: 20), "What is told.", example: ["message.received"]),
            ]),
    ]
}

extension InputField {
    fileprivate static let sinceFields = [
        optional("since", .moment, "Only what came from then on."), limit, cursor,
    ]
}
