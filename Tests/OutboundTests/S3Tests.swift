import Domain
import Foundation
import NIOPosix
import Outbound
import Testing

/// What botocore signed, as `s3_vectors.py` wrote it down.
private struct S3Vector: Decodable {
    let endpoint: String
    let region: String
    let accessKeyId: String
    let secretAccessKey: String
    let sessionToken: String?
    let bucket: String
    let key: String
    let seconds: Int
    let url: String
    let headers: [String: String]

    static func all() throws -> [S3Vector] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(
            [S3Vector].self, from: Data(contentsOf: URL(fileURLWithPath: Papers.path("s3_vectors.json"))))
    }

    var signature: S3Signature {
        S3Signature(
            endpoint: endpoint, region: region, accessKeyID: accessKeyId, secretAccessKey: secretAccessKey,
            sessionToken: sessionToken)
    }
}

@Suite
struct S3Tests {
    @Test("Every key is signed as botocore signs it")
    func vectors() throws {
        let vectors = try S3Vector.all()
        #expect(vectors.count == 90)
        for vector in vectors {
            let location = try #require(S3Location(parsing: "s3://\(vector.bucket)/\(vector.key)"))
            let request = try vector.signature.request(for: location, at: vector.seconds)
            #expect(request.isOperators)
            // The usual port may be written or not.
            #expect(request.url == vector.url.replacing(":443/", with: "/"))
            #expect(request.headers == vector.headers, "\(vector.key)")
        }
    }

    @Test("What is signed is what arrives", .timeLimit(.minutes(1)))
    func wire() async throws {
        try await StreetDoor.open { door in
            for vector in try S3Vector.all() where vector.endpoint.hasPrefix("http://") {
                let location = try #require(S3Location(parsing: "s3://\(vector.bucket)/\(vector.key)"))
                let signature = S3Signature(
                    endpoint: "http://127.0.0.1:\(door.port)", region: "auto", accessKeyID: "id", secretAccessKey: "x")
                let request = try signature.request(for: location, at: vector.seconds)
                // The operator's own store may stand on loopback, though nothing is opened.
                let result = try await Messenger.real().send(request, to: door) { caller in
                    let path = try #require(caller.line.split(separator: " ").dropFirst().first)
                    #expect("http://127.0.0.1:\(door.port)\(path)" == request.url)
                    #expect(caller.header("host") == "127.0.0.1:\(door.port)")
                    #expect(caller.header("authorization") == request.headers["authorization"])
                    caller.answer("gold")
                }
                #expect(try result.get().body == Array("gold".utf8))
            }
        }
    }

    @Test(
        "A location names a bucket and a key",
        arguments: [
            ("s3://abc/x", "abc", "x"), ("s3://a.b-3/x/y?z#w", "a.b-3", "x/y?z#w"), ("s3://abc//x", "abc", "/x"),
            ("s3://abc/ü %", "abc", "ü %"),
        ])
    func locations(text: String, bucket: String, key: String) throws {
        let location = try #require(S3Location(parsing: text))
        #expect(location.bucket == bucket)
        #expect(location.key == key)
    }

    @Test(
        "What lacks a bucket or a key is no location",
        arguments: [
            "", "s3://", "s3:///x", "s3://abc", "s3://abc/", "s3://ab/x", "s3://Abc/x", "s3://a_c/x", "s3://-bc/x",
            "s3://ab-/x", "s3://a..b/x", "s3://àbc/x", "https://abc/x", "S3://abc/x",
            "s3://\(String(repeating: "a", count: 64))/x", "s3://abc/\(String(repeating: "k", count: 1025))",
        ])
    func noLocations(text: String) {
        #expect(S3Location(parsing: text) == nil)
    }

    @Test("A file is fetched from the web, or from the store that the operator set up")
    func fetching() throws {
        let moment = Timestamp(milliseconds: 1_709_210_096_789)
        let store = S3Signature(endpoint: "https://s3.example", region: "r", accessKeyID: "id", secretAccessKey: "x")
        let location = try #require(S3Location(parsing: "s3://abc/x"))
        let client = GuardedClient(group: .singletonMultiThreadedEventLoopGroup, store: store)
        #expect(try client.fetching("s3://abc/x", at: moment) == store.request(for: location, at: 1_709_210_096))
        #expect(try client.fetching("https://a.example/x", at: moment) == OutboundRequest(url: "https://a.example/x"))
        for url in ["s3://abc", "ftp://a.example/", "S3://abc/x"] {
            #expect(throws: OutboundFault.self) { try client.fetching(url, at: moment) }
        }
        #expect(throws: OutboundFault(.invalid, "This server knows no store for s3:// addresses.")) {
            try Messenger.real().fetching("s3://abc/x", at: moment)
        }
    }

    @Test("A signature does not print its secrets, and refuses an endpoint that is none")
    func secrets() throws {
        let location = try #require(S3Location(parsing: "s3://abc/x"))
        for endpoint in ["s3.example", "https://s3.example/?x", "https://s3.example/#x", "https://u:p@s3.example"] {
            let signature = S3Signature(
                endpoint: endpoint, region: "r", accessKeyID: "id", secretAccessKey: "hush", sessionToken: "hush")
            #expect(!"\(signature)".contains("hush"))
            #expect(throws: OutboundFault.self) { try signature.request(for: location, at: 0) }
        }
    }
}
