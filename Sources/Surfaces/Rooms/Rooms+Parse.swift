import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// From this dialect's requests to the domain's values.
extension Rooms {
    /// The people of a new room; the first is its creator.
    static func users(_ body: JSON, most: Int) throws(Refusal) -> [Int64] {
        guard let object = body.object else { throw Refusal(.invalid, "The body must be a JSON object.") }
        guard let list = try Fields(object: object).array("user_ids") else {
            throw .invalid("user_ids", "user_ids: a list of integers is needed.")
        }
        guard !list.isEmpty else {
            throw .invalid("user_ids", "user_ids: the list is empty; its first is the creator.")
        }
        guard list.count <= most else { throw .invalid("user_ids", "user_ids: a room has \(most) users at most.") }
        var users: [Int64] = []
        for (place, item) in list.enumerated() {
            guard let user = item.integer else {
                throw .invalid("user_ids[\(place)]", "user_ids[\(place)]: expected an integer, got \(item.kind)")
            }
            if !users.contains(user) { users.append(user) }
        }
        return users
    }

    /// How this stream is to be written: the query's word before the key's.
    static func framing(_ request: Request, _ key: APIKey) throws(Refusal) -> APIKey.Framing {
        guard let text = request.uri.queryParameters.get("framing") else { return key.framing }
        guard let framing = APIKey.Framing(rawValue: String(text)) else {
            throw .invalid("framing", "framing is sse or raw.")
        }
        return framing
    }

    static func isDebug(_ request: Request) throws(Refusal) -> Bool {
        try flag("debug", request.uri.queryParameters.get("debug").map { String($0) })
    }

    static func flag(_ name: String, _ text: String?) throws(Refusal) -> Bool {
        switch text?.lowercased() {
        case nil, "", "false", "0": false
        case "true", "1": true
        default: throw .invalid(name, "\(name) is true or false.")
        }
    }

    static func requestID(_ context: DoorContext) throws(Refusal) -> ID {
        guard let id = ID(uuid: context.parameter("request")) else {
            throw Refusal(.notFound, "There is no such request.")
        }
        return id
    }
}

/// What `params_json` and the fields beside it say.
struct RoomsParameters {
    let message: String?
    let room: String?
    /// The addresses of `input_files`.
    let links: [String]
    let callbackURL: String?
    let isDebug: Bool

    /// - Parameter fields: each at most once; of others than these nothing is taken.
    init(_ fields: [(name: String, value: ByteBuffer)]) throws {
        var known: [String: String] = [:]
        for field in fields {
            guard known[field.name] == nil else {
                throw Refusal.invalid(field.name, "\(field.name) stands twice in the form.")
            }
            guard let text = String(validating: field.value.readableBytesView, as: UTF8.self) else {
                throw Refusal.invalid(field.name, "\(field.name) is not UTF-8.")
            }
            known[field.name] = text
        }
        isDebug = try Rooms.flag("debug", known["debug"])
        guard let text = known["params_json"] else {
            throw Refusal.invalid("params_json", "The form has no part named “params_json”.")
        }
        let parameters = Fields(object: try Self.object(text))
        message = try parameters.string("input_message")
        room = try parameters.string("chat_room_id")
        links = try Self.links(parameters)
        callbackURL = known["callback_url"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func links(_ parameters: Fields) throws(Refusal) -> [String] {
        var links: [String] = []
        for (place, item) in (try parameters.array("input_files") ?? []).enumerated() {
            guard let link = item.string else {
                let field = "params_json.input_files[\(place)]"
                throw .invalid(field, "\(field): expected a string, got \(item.kind)")
            }
            links.append(link)
        }
        return links
    }

    private static func object(_ text: String) throws(Refusal) -> JSON.Object {
        let json: JSON
        do {
            json = try JSON.parse(text)
        } catch {
            throw .invalid("params_json", "params_json is not JSON: \(error).")
        }
        guard let object = json.object else { throw .invalid("params_json", "params_json must be a JSON object.") }
        return object
    }

    /// The same bytes for the same request, whatever its boundary.
    func canonical(_ files: [FormReception.Received]) -> [UInt8] {
        let json: JSON = [
            "message": message.map { .string($0) } ?? .null, "room": room.map { .string($0) } ?? .null,
            "debug": .bool(isDebug), "files": .array(files.map(\.fingerprint)),
            "links": .array(links.map { .string($0) }), "callback": callbackURL.map { .string($0) } ?? .null,
        ]
        return Array(json.render().utf8)
    }

    /// - Throws: `invalid` where there is nothing to answer.
    func question(_ files: [ID]) throws(Refusal) -> Question {
        var parts: [Message.Part] = files.map { .file(id: $0) } + links.map { .link(url: $0, file: nil) }
        if let message, !message.isEmpty { parts.insert(.text(message), at: 0) }
        guard !parts.isEmpty else {
            throw .invalid("params_json.input_message", "Neither a message nor a file: there is nothing to answer.")
        }
        return Question(messages: [Message(role: .user, parts: parts)])
    }
}
