import Domain
import NIOCore
import Wire

/// The doctor in the role of a program with an API key: makes a room, asks the guide in it, and clears up.
struct RoomsPlay: Sendable {
    private static let name = "rooms key"
    private static let agent = "/api/agent/\(Agent.guideCode)"
    private static let boundary = "rialto-doctor"

    let house: House

    init(_ house: House) {
        self.house = house
    }

    func finding(_ caller: Caller) async -> Finding {
        guard let (guide, account) = house.guide else {
            return .note(Self.name, "Not played: there is no guide to ask.")
        }
        do {
            let made = try await house.keys.add(
                account: account.name, agents: [guide.code], label: "rialto doctor", framing: .sse)
            let problem = await problem(caller, .key(made.key))
            try await house.keys.remove(id: made.id.uuid)
            guard let problem else {
                return .ok(Self.name, "A key made a room, asked the guide in it and was answered in a stream.")
            }
            return .wrong(
                Self.name, "A key asked the guide at \(caller.url)\(Self.agent): \(problem).",
                mend: "Look at the server's log.")
        } catch {
            return .wrong(
                Self.name, "An API key could not be made: \(Doctor.words(error)).", mend: "Look at the store first.")
        }
    }

    /// A clause that says what went wrong, or nil.
    private func problem(_ caller: Caller, _ key: Caller.Proof) async -> String? {
        do {
            let made = try await caller.post(Self.agent + "/rooms", #"{"user_ids":[1]}"#, proof: key)
            guard let room = made.json?.string else { return "no room was made (\(made.status)): \(made.text)" }
            let answer = try await caller.post(
                Self.agent + "/sse", Self.form(in: room),
                type: "multipart/form-data; boundary=\(Self.boundary)", proof: key)
            let problem = Self.problem(of: answer)
            let removed = try await caller.delete(Self.agent + "/rooms/\(room)", proof: key)
            if let problem { return problem }
            return removed.json?.bool == true ? nil : "the room \(room) could not be deleted (\(removed.status))"
        } catch {
            return Doctor.words(error)
        }
    }

    private static func form(in room: String) -> String {
        let parameters: JSON = ["input_message": "What is Rialto?", "chat_room_id": .string(room)]
        return "--\(boundary)\r\nContent-Disposition: form-data; name=\"params_json\"\r\n\r\n"
            + "\(parameters.render())\r\n--\(boundary)--\r\n"
    }

    private static func problem(of answer: Caller.Answer) -> String? {
        guard answer.status == 200 else { return "it answered \(answer.status): \(answer.text.prefix(200))" }
        let events: [JSON]
        do { events = try StreamReading.values(of: answer) } catch { return "\(error)" }
        guard let results = events.last?["results"], results["final"]?.bool == true else {
            return "the stream does not end with its final event"
        }
        return results["output"]?.string?.isEmpty == false ? nil : "the answer is empty"
    }
}
