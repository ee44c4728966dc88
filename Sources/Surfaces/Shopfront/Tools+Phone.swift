import Domain
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
        phoneWebhook,
    ]

    private static let phoneWebhook = Tool(
        "phone_webhook_set", in: .phone, .write, keys: .honoured, scope: Capability.serviceWrite,
        capability: "phone:webhook:set",
        """
        Says where messages and missed calls are told as they come; without a url, nowhere. The secret that signs \
        what is sent is told this once.
        """,
        [
            .serviceID,
            .optional("url", .text(longest: 2000), "The address.", example: "https://example.com/phone"),
            .optional(
                "events", .list(.text(longest: 100), most: 20), "What is told; everything without.",
                example: ["message.received"]),
        ]
    ) { call in
        let (id, url) = (try call.input.neededID("serviceId"), call.input.text("url"))
        if let url { try call.front.webhooks.check(url) }
        var performed = try await call.shop.perform(
            call.action("phone_webhook_set"), on: id, isDestructive: false, for: call.buyer, key: call.key)
        guard performed.operation.failure == nil else { return call.answer(performed) }
        // Once more too: whoever kept the operation may have been lost before this.
        let words = call.input.texts("events") ?? ServiceEvent.ofPhones
        let secret = try await call.front.webhooks.set(
            service: id, url: url, eventTypes: words.map(ServiceEvent.phone), by: call.buyer)
        performed.secrets = secret.map { ["webhookSecret": .string($0)] } ?? .null
        return call.answer(performed)
    }
}

extension InputField {
    fileprivate static let sinceFields = [
        optional("since", .moment, "Only what came from then on."), limit, cursor,
    ]
}
