import Domain
import Foundation

/// A number that other numbers of this store reach.
struct SimulatedPhone: Codable, Equatable, Sendable {
    let number: String
    let country: String
    let type: String
    let capabilities: [String]
    let locality: String?
    var webhook: Webhook?

    /// Who is to be told of what happens with a number.
    struct Webhook: Codable, Equatable, Sendable {
        var url: String
        var events: [String]

        var json: JSONValue { ["url": .string(url), "events": JSONValue(events)] }
    }

    init(_ configuration: JSONValue, _ number: String) {
        self.number = number
        country = configuration["countryCode"]?.string ?? ""
        type = configuration["numberType"]?.string ?? ""
        capabilities = (configuration["capabilities"]?.array ?? []).compactMap(\.string)
        locality = configuration["locality"]?.string
    }

    var outputs: JSONValue {
        [
            "phoneNumber": .string(number), "countryCode": .string(country), "numberType": .string(type),
            "capabilities": JSONValue(capabilities), "locality": JSONValue(locality),
        ]
    }

    mutating func perform(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> Effect? {
        switch input.action.name {
        case "phone_message_send": return try send(input, of: resource, in: simulation)
        case "phone_message_receive": return try receive(input, of: resource, in: simulation)
        case "phone_call_receive": return try miss(input, of: resource, in: simulation)
        case "phone_webhook_set":
            webhook = try Self.webhook(input)
            return Effect(outputs: ["webhook": webhook?.json ?? .null])
        default: return nil
        }
    }

    func inspect(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> JSONValue? {
        switch input.action.name {
        case "phone_get":
            resource.outputs.with([
                "createdAt": .string(resource.createdAt.iso8601), "webhook": webhook?.json ?? .null,
            ])
        case "phone_message_list", "phone_message_get", "phone_missed_call_list", "phone_call_log_get":
            try PhoneLog(resource: resource.id, simulation: simulation).answer(input)
        default: nil
        }
    }

    static func body(_ input: ActionInput) throws(Refusal) -> String {
        let body = try input.text("body", most: 6400)
        guard body.count <= 1600 else { throw input.refusal("body", "must have 1600 letters at most.") }
        return body
    }

    private func send(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> Effect {
        let body = try Self.body(input)
        let to = try input.text("to", pattern: "[+][1-9][0-9]{6,14}")
        try mustHave("sms")
        guard let other = try simulation.phone(of: to), other.resource.isTest == resource.isTest else {
            throw Refusal.conflict(
                "number_unreachable", "to: nobody at this store has \(to), and other networks are not reached.")
        }
        guard other.phone.capabilities.contains("sms") else {
            throw Refusal.conflict("number_unreachable", "to: \(to) takes no messages.")
        }
        let message = PhoneMessage(
            id: simulation.newID(), direction: .outbound, from: number, to: to, body: body, at: simulation.now)
        return Effect(
            outputs: message.json,
            puts: [try message.stored(of: resource.id), try message.received.stored(of: other.resource.id)],
            news: [message.news(for: other.resource)])
    }

    /// A text from a network outside.
    private func receive(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> Effect {
        try mustHave("sms")
        let message = PhoneMessage(
            id: simulation.newID(), direction: .inbound, from: try Self.caller(input), to: number,
            body: try Self.body(input), at: simulation.now)
        return Effect(
            outputs: message.json, puts: [try message.stored(of: resource.id)], news: [message.news(for: resource)])
    }

    /// A call from a network outside, which nobody takes.
    private func miss(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> Effect {
        try mustHave("voice")
        let call = PhoneCall(
            id: simulation.newID(), from: try Self.caller(input), to: number, at: simulation.now, isMissed: true)
        return Effect(
            outputs: call.json,
            puts: [try SimulatedRow(name: PhoneCall.row(call.id, of: resource.id), call)],
            news: [call.news(for: resource)])
    }

    private func mustHave(_ capability: String) throws(Refusal) {
        guard capabilities.contains(capability) else {
            throw .conflict("capability_unsupported", "This number was rented without \(capability).")
        }
    }

    private static func caller(_ input: ActionInput) throws -> String {
        try input.text("from", pattern: "[+][1-9][0-9]{6,14}")
    }

    /// No address takes the webhook away.
    private static func webhook(_ input: ActionInput) throws(Refusal) -> Webhook? {
        guard let url = try input.optionalText("url", most: 2048) else { return nil }
        guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme),
            parts.host?.isEmpty == false, parts.user == nil
        else { throw input.refusal("url", "must be an http or https address.") }
        let events = try input.has("events") ? input.texts("events", 1...8) : ServiceEvent.ofPhones
        if let other = events.first(where: { !ServiceEvent.ofPhones.contains($0) }) {
            let known = ServiceEvent.ofPhones.joined(separator: ", ")
            throw input.refusal("events", "has \(other); it may have: \(known).")
        }
        return Webhook(url: url, events: events)
    }
}

extension Simulation {
    func phone(of number: String) throws -> (resource: SimulatedResource, phone: SimulatedPhone)? {
        guard let id = try holder(of: "number/\(number)"), let resource = try resource(id),
            case .phone(let phone) = resource.state
        else { return nil }
        return (resource, phone)
    }
}
