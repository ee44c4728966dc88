import Domain
import NIOCore
import Surfaces
import Wire

/// The doctor in the role of a program of a StackSpot realm: gets a token there, asks the guide, and clears up.
struct StackSpotPlay: Sendable {
    private static let name = "stackspot realm"
    private static let realm = "rialto-doctor"
    private static let path = "/v1/agent/\(Agent.guideCode)/chat"

    let house: House

    init(_ house: House) {
        self.house = house
    }

    func finding(_ caller: Caller) async -> Finding {
        guard let (guide, account) = house.guide else {
            return .note(Self.name, "Not played: there is no guide to ask.")
        }
        let client = "rialto-doctor-\(house.world.newID().uuid)"
        do {
            let made = try await house.clients.add(
                id: client, edition: .stackspot, realm: Self.realm, account: account.name, agents: [guide.code],
                scopes: [])
            let problem = await problem(caller, made)
            try await house.clients.remove(id: client)
            guard let problem else {
                return .ok(Self.name, "A client got a token in a realm, asked the guide and was answered in a stream.")
            }
            return .wrong(
                Self.name, "A client of a realm asked the guide at \(caller.url)\(Self.path): \(problem).",
                mend: "Look at the server's log.")
        } catch {
            return .wrong(
                Self.name, "A client could not be made: \(Doctor.words(error)).", mend: "Look at the store first.")
        }
    }

    /// A clause that says what went wrong, or nil.
    private func problem(_ caller: Caller, _ made: Clients.Credentials) async -> String? {
        do {
            let form = "grant_type=client_credentials&client_id=\(made.clientID)&client_secret=\(made.secret)"
            let granted = try await caller.post(
                "/\(Self.realm)/oidc/oauth/token", form, type: "application/x-www-form-urlencoded")
            guard let token = granted.json?["access_token"]?.string else {
                return "it got no token (\(granted.status)): \(granted.text.prefix(200))"
            }
            // The doctor chooses the name, so that it can clear up however the answer ends.
            let conversation = "doctor-\(house.world.newID().uuid)"
            let question: JSON = [
                "streaming": true, "user_prompt": "What is Rialto?", "use_conversation": true,
                "conversation_id": .string(conversation),
            ]
            let answer = try await caller.post(Self.path, question.render(), proof: .token(token))
            let problem = Self.problem(of: answer)
            let removed = try await caller.delete("/v1/conversations/\(conversation)", proof: .token(token))
            if let problem { return problem }
            return removed.status == 200 ? nil : "its conversation could not be deleted (\(removed.status))"
        } catch {
            return Doctor.words(error)
        }
    }

    private static func problem(of answer: Caller.Answer) -> String? {
        guard answer.status == 200 else { return "it answered \(answer.status): \(answer.text.prefix(200))" }
        let events: [JSON]
        do { events = try StreamReading.values(of: answer) } catch { return "\(error)" }
        guard events.last?["stop_reason"]?.string == "stop" else {
            return "the stream does not end with its final event"
        }
        return events.contains { $0["message"]?.string?.isEmpty == false } ? nil : "the answer is empty"
    }
}
