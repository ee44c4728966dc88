import Domain
import Wire

/// What comes to simulated numbers from outside: an owner says so, for no network reaches them.
extension Tool {
    static let ownerPhones = [
        inbound(
            "account_phone_message_receive", "phone_message_receive",
            "Has a text come in from a number outside, for trying.",
            [.required("body", .text(longest: 1600), "What it says.", example: "Your code is 4711.")]),
        inbound(
            "account_phone_call_receive", "phone_call_receive",
            "Has a call come in from a number outside that nobody takes, for trying.", []),
    ]

    private static func inbound(_ name: String, _ action: String, _ summary: String, _ fields: [InputField]) -> Tool {
        let from = InputField.required(
            "from", .matching("\\+[0-9]{3,15}"), "Who it is from.", example: "+12125550199")
        return owner(name, effect: .write, keys: .honoured, summary, [.serviceID, from] + fields) { call in
            call.answer(
                try await call.shop.perform(
                    call.action(action), on: call.input.neededID("serviceId"), isDestructive: false, for: call.buyer,
                    key: call.key))
        }
    }
}
