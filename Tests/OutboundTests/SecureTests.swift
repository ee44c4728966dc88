import Domain
import Outbound
import Testing

/// Whose certificates are believed, and under which name.
@Suite(.timeLimit(.minutes(2)))
struct SecureTests {
    private static let names = [
        "palazzo.example": ["127.0.0.1"], "xn--bcher-kva.example": ["127.0.0.1"],
    ]

    @Test(
        "The certificate is that of the name, though the address was looked up before",
        arguments: ["palazzo.example", "xn--bcher-kva.example"])
    func name(host: String) async throws {
        try await StreetDoor.open(papers: Papers.context()) { door in
            let client = try Messenger.with(certificates: Papers.path("palazzo.pem"), names: Self.names)
            let request = OutboundRequest(url: "https://\(host):\(door.port)/letters")
            let result = try await client.send(request, to: door) { caller in
                #expect(caller.serverName == host)
                #expect(caller.header("host") == "\(host):\(door.port)")
                caller.answer("sealed")
            }
            #expect(try result.get().body == Array("sealed".utf8))
        }
    }

    @Test("The certificate is that of an address in the URL", arguments: ["127.0.0.1", "::1"])
    func address(host: String) async throws {
        try await StreetDoor.open(host: host, papers: Papers.context()) { door in
            let client = try Messenger.with(certificates: Papers.path("palazzo.pem"))
            let name = host.contains(":") ? "[\(host)]" : host
            let request = OutboundRequest(url: "https://\(name):\(door.port)/")
            let result = try await client.send(request, to: door) { caller in
                #expect(caller.serverName == nil)
                caller.answer()
            }
            #expect(try result.get().status == 200)
        }
    }

    /// The papers of palazzo.example are also those of 127.0.0.1. At 127.0.0.9 they are not.
    @Test(
        "A certificate of another name is not believed, be it of the address or not",
        arguments: ["127.0.0.1", "127.0.0.9"])
    func impostor(address: String) async throws {
        try await StreetDoor.open(host: address, papers: Papers.context()) { door in
            let client = try Messenger.with(
                certificates: Papers.path("palazzo.pem"), names: ["impostor.example": [address]])
            #expect(
                await client.outcome("https://impostor.example:\(door.port)/").fault
                    == OutboundFault(
                        .unreachable,
                        "“impostor.example” could not be reached: no secure connection could be trusted."))
        }
    }

    @Test("A certificate of nobody known is not believed")
    func unknown() async throws {
        try await StreetDoor.open(papers: Papers.context()) { door in
            #expect(
                await Messenger.with(names: Self.names).outcome("https://palazzo.example:\(door.port)/").fault
                    == OutboundFault(
                        .unreachable,
                        "“palazzo.example” could not be reached: no secure connection could be trusted."))
        }
    }

    @Test("Without the file of certificates nobody is believed")
    func missingFile() async throws {
        try await StreetDoor.open(papers: Papers.context()) { door in
            let client = Messenger.with(certificates: "/nowhere.pem", names: Self.names)
            #expect(await client.outcome("https://palazzo.example:\(door.port)/").fault?.reason == .unreachable)
        }
    }
}
