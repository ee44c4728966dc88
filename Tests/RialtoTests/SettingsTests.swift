import Domain
import Logging
import Testing

@testable import Rialto

/// Reading the config, and what is said of one that cannot be read.
@Suite struct SettingsTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private func load(_ yaml: String, _ environment: [String: String] = [:]) throws -> Settings {
        try Settings.load(file: folder.write("rialto.yaml", yaml), environment: environment)
    }

    private func refusal(_ yaml: String, _ environment: [String: String] = [:]) -> String {
        do {
            _ = try load(yaml, environment)
            return "nothing was refused"
        } catch {
            return ((error as? Refusal)?.message ?? "\(error)").replacing(folder.path + "/", with: "")
        }
    }

    @Test func withoutAFileTheDefaultsCount() throws {
        #expect(try Settings.load(file: nil, environment: [:]) == Settings())
        #expect(try load("") == Settings())
        #expect(try load("# nothing but a comment\nlimits:\n") == Settings())
    }

    @Test func everySectionIsRead() throws {
        let settings = try load(
            """
            listen: {host: "::1", port: 9000, public_url: "https://rialto.example/", backlog: 16}
            log: {level: debug, format: json}
            limits: {body_bytes: 1024}
            streams: {grace_seconds: 0}
            drain: {runs_seconds: 3}
            tokens: {key_overlap_hours: 0}
            retention: {events_days: 7}
            """)
        #expect(settings.listen.host == "::1" && settings.listen.port == 9000 && settings.listen.backlog == 16)
        #expect(settings.publicURL == "https://rialto.example")
        #expect(settings.localURL == "http://[::1]:9000")
        #expect(settings.log == .init(level: .debug, format: .json))
        let limits = settings.limits
        #expect([limits.bodyBytes, limits.graceSeconds, limits.drainRunsSeconds] == [1024, 0, 3])
        #expect([limits.keyOverlapHours, limits.eventsDays] == [0, 7])
    }

    @Test func upstreamsComeInTheirOrderWithTheirDefaults() throws {
        let settings = try load(
            """
            upstreams:
              vllm: {kind: openai, url: "http://gpu-1:8000/v1", stream: false, retries: 0}
              claude:
                kind: anthropic
                url: https://api.anthropic.com
                key_env: ANTHROPIC_API_KEY
            """)
        var vllm = UpstreamSettings(name: "vllm", kind: .openai, url: "http://gpu-1:8000/v1", streams: false)
        vllm.retries = 0
        let claude = UpstreamSettings(
            name: "claude", kind: .anthropic, url: "https://api.anthropic.com", keyVariable: "ANTHROPIC_API_KEY")
        #expect(settings.upstreams == [vllm, claude])
    }

    @Test(arguments: [
        (
            "limits:\n  body_byte: 1",
            "rialto.yaml:2: there is no key limits.body_byte; did you mean limits.body_bytes?"
        ),
        ("lmits:\n  body_bytes: 1", "rialto.yaml:1: there is no key lmits; did you mean limits?"),
        ("# port\n\nport: 1", "rialto.yaml:3: there is no key port; did you mean listen.port?"),
        (
            "streams:\n  heartbeat: 1",
            "rialto.yaml:2: there is no key streams.heartbeat; did you mean streams.heartbeat_seconds?"
        ),
        ("log: {colour_of_the_sea: blue}", "rialto.yaml:1: there is no key log.colour_of_the_sea."),
        (
            "upstreams:\n  a:\n    ulr: x",
            "rialto.yaml:3: there is no key upstreams.a.ulr; did you mean upstreams.a.url?"
        ),
    ])
    func anUnknownKeyIsNamedWithTheNearestKnownOne(yaml: String, words: String) {
        #expect(refusal(yaml) == words)
    }

    @Test(arguments: [
        ("listen: {port: many}", "rialto.yaml:1: listen.port must be a whole number from 0 to 65535, not “many”."),
        ("listen: {port: 65536}", "rialto.yaml:1: listen.port must be a whole number from 0 to 65535, not “65536”."),
        ("listen: {port: [1]}", "rialto.yaml:1: listen.port must have one value."),
        ("listen:\n  port:", "rialto.yaml:2: listen.port must have one value."),
        ("listen: 8080", "rialto.yaml:1: listen must be keys with values."),
        ("- a", "rialto.yaml:1: the config must be keys with values."),
        ("log:\n  format: loud", "rialto.yaml:2: log.format must be one of auto, text, json, not “loud”."),
        (
            "listen: {public_url: here}",
            "rialto.yaml:1: listen.public_url must be http(s)://host[:port], not “here”."
        ),
        ("upstreams:\n  a: {url: 'http://a/v1'}", "rialto.yaml:2: upstreams.a.kind is missing."),
        ("upstreams:\n  a: {kind: openai}", "rialto.yaml:2: upstreams.a.url is missing."),
        (
            "upstreams: {a: {kind: guide, url: 'http://a'}}",
            "rialto.yaml:1: upstreams.a.kind must be one of openai, anthropic, not “guide”."
        ),
        (
            "upstreams: {a: {kind: openai, url: 'http://a', stream: maybe}}",
            "rialto.yaml:1: upstreams.a.stream must be true or false, not “maybe”."
        ),
    ])
    func aValueThatCannotBeIsNamedWithItsKey(yaml: String, words: String) {
        #expect(refusal(yaml) == words)
    }

    @Test func whatIsNotYAMLIsNamedWithItsLine() {
        #expect(refusal("limits:\n  body_bytes: [1").hasPrefix("rialto.yaml:"))
        #expect(refusal("log: {level: info}\nlog: {level: debug}").contains("log stands there twice"))
    }

    @Test func aFileThatIsNotThereIsNamed() {
        #expect(throws: Refusal(.invalid, "/nowhere/rialto.yaml: this config file cannot be read.")) {
            try Settings.load(file: "/nowhere/rialto.yaml", environment: [:])
        }
    }

    @Test func theEnvironmentOverridesTheFile() throws {
        let yaml = "limits: {body_bytes: 10}\nupstreams: {my-model: {kind: openai, url: 'http://a/v1'}}"
        let settings = try load(
            yaml,
            [
                "RIALTO_LIMITS_BODY_BYTES": "20", "RIALTO_LOG_LEVEL": "error", "RIALTO_LISTEN_HOST": "",
                "RIALTO_UPSTREAMS_MY_MODEL_URL": "http://b/v1", "RIALTO_LIMITS_OF_THE_SKY": "none", "PATH": "/bin",
            ])
        #expect(settings.limits.bodyBytes == 20)
        #expect(settings.log.level == .error)
        #expect(settings.listen.host == "127.0.0.1", "an empty variable is as good as none")
        #expect(settings.upstreams[0].url == "http://b/v1")
        #expect(
            refusal("", ["RIALTO_LISTEN_PORT": "x"])
                == "RIALTO_LISTEN_PORT: listen.port must be a whole number from 0 to 65535, not “x”.")
    }

    @Test func httpsTakesACertificateAndAKeyThatAreThere() throws {
        let certificate = try folder.write("a.pem", "a")
        try folder.write("b.pem", "b")
        let settings = try load("tls: {certificate: '\(certificate)', key: b.pem}")
        #expect(settings.tls.key == folder.path + "/b.pem", "a relative path begins beside the config file")
        #expect(settings.publicURL == "https://127.0.0.1:8080")
        #expect(
            refusal("tls: {certificate: a.pem}")
                == "rialto.yaml:1: tls.certificate needs tls.key beside it: HTTPS takes both.")
        #expect(
            refusal("tls: {certificate: a.pem, key: c.pem}")
                == "rialto.yaml:1: tls.key names a file that cannot be read: c.pem.")
    }

    @Test func everywhereIsReachedAtHome() throws {
        #expect(try load("listen: {host: 0.0.0.0}").publicURL == "http://127.0.0.1:8080")
    }
}
