import Domain
import Foundation

/// Settings in the making, and where each of their words stood.
struct SettingsReader {
    var settings = Settings()
    /// By a key's whole name: `rialto.yaml:12`, or the name of an environment variable.
    private var origins: [String: String] = [:]

    mutating func set(_ name: String, to words: String, from origin: String) throws(Refusal) {
        guard let key = SettingKey<Settings>.all.first(where: { $0.name == name }) else {
            throw Self.unknown(name, among: SettingKey<Settings>.all.map(\.name), at: origin)
        }
        do { try key.set(&settings, words) } catch { throw Self.misfit(name, words, error.wanted, at: origin) }
        origins[name] = origin
    }

    mutating func set(_ name: String, of upstream: String, to words: String, from origin: String) throws(Refusal) {
        let whole = "upstreams.\(upstream).\(name)"
        let keys = SettingKey<UpstreamSettings>.all
        guard let key = keys.first(where: { $0.name == name }) else {
            throw Self.unknown(whole, among: keys.map { "upstreams.\(upstream).\($0.name)" }, at: origin)
        }
        guard let place = settings.upstreams.firstIndex(where: { $0.name == upstream }) else { return }
        do { try key.set(&settings.upstreams[place], words) } catch {
            throw Self.misfit(whole, words, error.wanted, at: origin)
        }
        origins[whole] = origin
    }

    /// - Parameter place: of the model in the list.
    mutating func set(_ name: String, ofModel place: Int, to words: String, from origin: String) throws(Refusal) {
        let whole = Self.name(ofModel: place, name)
        let keys = SettingKey<RouterModel>.all
        guard let key = keys.first(where: { $0.name == name }) else {
            throw Self.unknown(whole, among: keys.map { Self.name(ofModel: place, $0.name) }, at: origin)
        }
        do { try key.set(&settings.routerModels[place], words) } catch {
            throw Self.misfit(whole, words, error.wanted, at: origin)
        }
        origins[whole] = origin
    }

    static func name(ofModel place: Int, _ key: String) -> String { "router.models[\(place)].\(key)" }

    /// - Returns: its place in the list.
    mutating func addModel(from origin: String) -> Int {
        let place = settings.routerModels.count
        settings.routerModels.append(
            RouterModel(name: "", upstream: "", model: "", prices: ModelPrice(input: 0, output: 0)))
        origins["router.models[\(place)]"] = origin
        return place
    }

    mutating func addUpstream(named name: String, from origin: String) {
        settings.upstreams.append(UpstreamSettings(name: name, kind: .openai, url: ""))
        origins["upstreams.\(name)"] = origin
    }

    /// Variables that are not the name of a key are other software's business.
    mutating func read(environment: [String: String]) throws(Refusal) {
        for key in SettingKey<Settings>.all {
            let variable = Self.variable(for: key.name)
            if let words = environment[variable], !words.isEmpty { try set(key.name, to: words, from: variable) }
        }
        for upstream in settings.upstreams.map(\.name) {
            for key in SettingKey<UpstreamSettings>.all {
                let variable = Self.variable(for: "upstreams.\(upstream).\(key.name)")
                guard let words = environment[variable], !words.isEmpty else { continue }
                try set(key.name, of: upstream, to: words, from: variable)
            }
        }
    }

    /// `limits.body_bytes` is `RIALTO_LIMITS_BODY_BYTES`.
    static func variable(for name: String) -> String {
        "RIALTO_" + String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// A refusal about a key, saying where it stands.
    func fault(_ name: String, _ message: String) -> Refusal {
        let section = name.split(separator: ".").dropLast().joined(separator: ".")
        let origin = (origins[name] ?? origins[section]).map { "\($0): " } ?? ""
        return .invalid(name, "\(origin)\(name) \(message)")
    }

    func isSet(_ name: String) -> Bool { origins[name] != nil }

    static func unknown(_ name: String, among names: [String], at origin: String) -> Refusal {
        let guess = NearestName.to(name, among: names).map { "; did you mean \($0)?" } ?? "."
        return .invalid(name, "\(origin): there is no key \(name)\(guess)")
    }

    private static func misfit(_ name: String, _ words: String, _ wanted: String, at origin: String) -> Refusal {
        .invalid(name, "\(origin): \(name) \(wanted), not “\(words)”.")
    }
}
