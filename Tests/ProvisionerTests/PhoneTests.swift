import Domain
import Ledger
import Provisioners
import TestKit
import Testing

/// A letter, how often it is sent, and in how many segments.
private let pricedMessages: [(letter: String, count: Int, segments: Int64)] = [
    ("a", 160, 1), ("a", 161, 2), ("a", 307, 3), ("€", 80, 1), ("€", 81, 2), ("ж", 70, 1), ("ж", 71, 2),
    ("😀", 36, 2),
]

@Suite("Simulated phone numbers")
struct PhoneTests {
    private func phone(
        _ workshop: Workshop, _ changes: [String: JSONValue] = [:], by account: ID? = nil, isTest: Bool = false
    ) async throws -> (resource: ResourceRef, number: String) {
        let brought = try await workshop.bring("cat_phone_global_001", changes, by: account, isTest: isTest)
        return (brought.resource, try #require(brought.outputs["phoneNumber"]?.string))
    }

    @Test(
        "Numbers belong to nobody outside",
        arguments: [
            ("US", "local", "new-york", "[+]1[0-9]{3}55501[0-9]{2}"), ("US", "toll_free", "", "[+]180055501[0-9]{2}"),
            ("CA", "mobile", "", "[+]1[0-9]{3}55501[0-9]{2}"), ("GB", "local", "London", "[+]442079460[0-9]{3}"),
            ("GB", "mobile", "", "[+]447700900[0-9]{3}"), ("DE", "local", "berlin", "[+]493023125[0-9]{3}"),
            ("FR", "mobile", "", "[+]3363998[0-9]{4}"), ("AU", "local", "nowhere", "[+]61[2378]5550[0-9]{4}"),
        ])
    func fictional(_ country: String, _ type: String, _ locality: String, _ pattern: String) async throws {
        let workshop = try Workshop()
        let phone = try await phone(
            workshop,
            [
                "countryCode": .string(country), "numberType": .string(type),
                "locality": locality.isEmpty ? .null : .string(locality),
            ])
        #expect(try phone.number.wholeMatch(of: Regex(pattern)) != nil, "\(phone.number)")
    }

    @Test("No two have the same number, and when there is none left it is said")
    func unique() async throws {
        let workshop = try Workshop()
        var numbers: Set<String> = []
        for _ in 0..<100 {
            numbers.insert(try await phone(workshop, ["countryCode": "DE", "numberType": "mobile"]).number)
        }
        #expect(numbers.count == 100)
        let refusal = await #expect(throws: Refusal.self) {
            try await workshop.simulated.check(
                Workshop.item("cat_phone_global_001"),
                ["countryCode": "DE", "numberType": "mobile", "capabilities": ["sms"]])
        }
        #expect(refusal?.code == "item_unavailable")
    }

    @Test("Free numbers are searched by their digits")
    func search() async throws {
        let workshop = try Workshop()
        let wish: JSONValue = [
            "countryCode": "US", "numberType": "local", "capabilities": ["sms"], "locality": "seattle",
            "contains": "0142",
        ]
        let found = try await workshop.inspect("phone_number_search", wish)
        #expect(found["numbers"]?.array?.map { $0["phoneNumber"] } == ["+12065550142"])
        #expect(
            await workshop.field(of: "phone_number_search", ["countryCode": "XX", "numberType": "local"])
                == "countryCode")
    }

    @Test("Two numbers text each other, and both have the message")
    func messages() async throws {
        let workshop = try Workshop()
        let (ana, boris) = (try await phone(workshop), try await phone(workshop, ["countryCode": "GB"]))
        let sent = try await workshop.perform(
            "phone_message_send", ["to": .string(boris.number), "body": "Are you there?"], on: ana.resource)
        #expect(sent["status"] == "delivered" && sent["segments"] == 1)
        workshop.clock.advance(by: .seconds(5))
        try await workshop.perform(
            "phone_message_send", ["to": .string(ana.number), "body": "Yes."], on: boris.resource)
        let received = try await workshop.inspect("phone_message_list", on: boris.resource)
        #expect(received["messages"]?.array?.map { $0["direction"] } == ["outbound", "inbound"])
        #expect(received["messages"]?.array?[1]["from"] == .string(ana.number))
        let one = try await workshop.inspect(
            "phone_message_get", ["messageId": sent["messageId"] ?? .null], on: ana.resource)
        #expect(one["body"] == "Are you there?" && one["direction"] == "outbound")
        let late = try await workshop.inspect(
            "phone_message_list", ["since": "2026-03-14T10:30:01Z"], on: ana.resource)
        #expect(late["messages"]?.array?.map { $0["body"] } == ["Yes."])
        #expect(await workshop.field(of: "phone_message_get", ["messageId": "x"], on: ana.resource) == "messageId")
    }

    @Test("A long list comes page by page")
    func pages() async throws {
        let workshop = try Workshop()
        let (ana, boris) = (try await phone(workshop), try await phone(workshop))
        for number in 0..<7 {
            workshop.clock.advance(by: .milliseconds(1))
            try await workshop.perform(
                "phone_message_send", ["to": .string(boris.number), "body": "\(number)"], on: ana.resource)
        }
        var bodies: [JSONValue?] = []
        var cursor = JSONValue.null
        repeat {
            let page = try await workshop.inspect(
                "phone_message_list", ["limit": 3, "cursor": cursor], on: boris.resource)
            bodies += page["messages"]?.array?.map { $0["body"] } ?? []
            cursor = page["nextCursor"] ?? .null
        } while cursor != .null
        #expect(bodies == (0..<7).reversed().map { JSONValue.string("\($0)") })
        #expect(await workshop.field(of: "phone_message_list", ["cursor": "x"], on: ana.resource) == "cursor")
        #expect(await workshop.field(of: "phone_message_list", ["limit": 0], on: ana.resource) == "limit")
    }

    @Test("Messages that reach nobody are refused, so that they cost nothing")
    func unreachable() async throws {
        let workshop = try Workshop()
        let ana = try await phone(workshop)
        let silent = try await phone(workshop, ["capabilities": ["voice"]])
        let play = try await phone(workshop, isTest: true)
        let send = "phone_message_send"
        for number in ["+12125559999", silent.number, play.number] {
            let input: JSONValue = ["to": .string(number), "body": "Hello"]
            #expect(await workshop.code(of: send, input, on: ana.resource) == "number_unreachable")
        }
        let input: JSONValue = ["to": .string(ana.number), "body": "Hello"]
        #expect(await workshop.code(of: send, input, on: silent.resource) == "capability_unsupported")
        #expect(await workshop.code(of: send, ["to": "911", "body": "Hello"], on: ana.resource) == "invalid_input")
        #expect(
            await workshop.code(of: send, ["to": .string(ana.number), "body": ""], on: ana.resource) == "invalid_input"
        )
    }

    @Test("A message costs by its segments", arguments: pricedMessages)
    func cost(_ letter: String, _ count: Int, _ segments: Int64) throws {
        let body = String(repeating: letter, count: count)
        let action = ManagementAction("phone_message_send", ["to": "+12125550100", "body": .string(body)])
        let item = try Workshop.item("cat_phone_global_001")
        #expect(try Workshop().simulated.cost(of: action, on: item)?.micros == segments * 7_500)
    }

    @Test("Nothing else costs anything, and a domain sends no messages")
    func noCost() throws {
        let simulated = try Workshop().simulated
        let phone = try Workshop.item("cat_phone_global_001")
        #expect(try simulated.cost(of: ManagementAction("phone_webhook_set", [:]), on: phone) == nil)
        #expect(throws: Refusal.self) {
            _ = try simulated.cost(
                of: ManagementAction("phone_message_send", ["body": "a"]), on: Workshop.item("cat_domain_com"))
        }
    }

    @Test("A call that nobody answers is told of")
    func calls() async throws {
        let workshop = try Workshop()
        let ana = try await phone(workshop)
        try await workshop.perform("phone_call_receive", ["from": "+12125550199"], on: ana.resource)
        for name in ["phone_missed_call_list", "phone_call_log_get"] {
            let calls = try await workshop.inspect(name, on: ana.resource)
            #expect(calls["calls"]?.array?.map { $0["from"] } == ["+12125550199"])
            #expect(calls["calls"]?.array?[0]["status"] == "missed")
        }
        #expect(await workshop.code(of: "phone_call_receive", ["from": "911"], on: ana.resource) == "invalid_input")
        let mute = try await phone(workshop, ["capabilities": ["sms"]])
        let call: JSONValue = ["from": "+12125550199"]
        #expect(await workshop.code(of: "phone_call_receive", call, on: mute.resource) == "capability_unsupported")
    }

    @Test("A text from outside is there, and the account is told of it without its words")
    func received() async throws {
        let workshop = try Workshop()
        let ana = try await phone(workshop)
        let boris = try await phone(workshop, by: workshop.boris)
        let text: JSONValue = ["from": "+12125550199", "body": "Your code is 4711."]
        let received = try await workshop.perform("phone_message_receive", text, on: ana.resource)
        let answer: JSONValue = ["to": .string(boris.number), "body": "Thanks"]
        let sent = try await workshop.perform("phone_message_send", answer, on: ana.resource)
        #expect(try await workshop.inspect("phone_message_list", on: ana.resource)["messages"]?.array?.count == 2)
        for (account, message, resource) in [
            (workshop.ana, received, ana.resource), (workshop.boris, sent, boris.resource),
        ] {
            let events = try await workshop.store.read {
                try $0.events(of: account, after: 0, types: nil, limit: 9)
            }
            #expect(events.map(\.type) == ["phone.message.received"])
            #expect(events.first?.subject?.uuid == resource.id && events.first?.actor == "provider")
            #expect(events.first?.details["messageId"] == message["messageId"])
            #expect(events.first?.details["body"] == nil)
        }
    }

    @Test("A webhook is kept, and taken away again")
    func webhook() async throws {
        let workshop = try Workshop()
        let ana = try await phone(workshop)
        let input: JSONValue = ["url": "https://hooks.example.com/sms", "events": ["message.received"]]
        try await workshop.perform("phone_webhook_set", input, on: ana.resource)
        #expect(try await workshop.inspect("phone_get", on: ana.resource)["webhook"] == input)
        for wrong in [
            ["url": "ftp://hooks.example.com"], ["url": "https://"], ["url": "https://ana:secret@example.com/"],
            ["url": "https://example.com", "events": ["rain"]],
        ] as [JSONValue] {
            #expect(await workshop.code(of: "phone_webhook_set", wrong, on: ana.resource) == "invalid_input")
        }
        try await workshop.perform("phone_webhook_set", ["url": nil], on: ana.resource)
        #expect(try await workshop.inspect("phone_get", on: ana.resource)["webhook"] == nil)
    }

    @Test("A number that was given up takes its messages with it")
    func givenUp() async throws {
        let workshop = try Workshop()
        let (ana, boris) = (try await phone(workshop), try await phone(workshop))
        try await workshop.perform(
            "phone_message_send", ["to": .string(boris.number), "body": "Hello"], on: ana.resource)
        _ = await workshop.simulated.deprovision(boris.resource, token: OperationToken(workshop.ana, "deprovision"))
        let rows = try await workshop.store.read { try $0.simulated(beginning: "message/", after: "", limit: 9) }
        #expect(rows.count == 1)
    }
}
