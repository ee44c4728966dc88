import Domain
import Foundation

/// What can only be said of settings once all of them are read.
extension SettingsReader {
    mutating func finish() throws(Refusal) -> Settings {
        try checkTLS()
        try checkPublicURL()
        if let url = settings.store.url {
            do { try StorePlace.check(url: url) } catch { throw fault("store.url", "cannot be: \(error.message)") }
        }
        for upstream in settings.upstreams { try check(upstream) }
        for place in settings.routerModels.indices { try checkModel(at: place) }
        return settings
    }

    private func checkTLS() throws(Refusal) {
        let tls = settings.tls
        guard (tls.certificate == nil) == (tls.key == nil) else {
            let (given, missing) = tls.key == nil ? ("tls.certificate", "tls.key") : ("tls.key", "tls.certificate")
            throw fault(given, "needs \(missing) beside it: HTTPS takes both.")
        }
        for (name, file) in [("tls.certificate", tls.certificate), ("tls.key", tls.key)] {
            if let file, !FileManager.default.isReadableFile(atPath: file) {
                throw fault(name, "names a file that cannot be read: \(file).")
            }
        }
    }

    private mutating func checkPublicURL() throws(Refusal) {
        guard let text = settings.listen.publicURL else { return }
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let url = URL(string: trimmed), ["http", "https"].contains(url.scheme ?? ""),
            url.host()?.isEmpty == false, url.user() == nil, url.query() == nil, url.fragment() == nil
        else { throw fault("listen.public_url", "must be http(s)://host[:port], not “\(text)”.") }
        settings.listen.publicURL = trimmed
    }

    /// Whether its upstream is there is not known yet: it may be in the store.
    private func checkModel(at place: Int) throws(Refusal) {
        for key in SettingKey<RouterModel>.needed where !isSet(Self.name(ofModel: place, key)) {
            throw fault(Self.name(ofModel: place, key), "is missing.")
        }
        let name = settings.routerModels[place].name
        guard !settings.routerModels[..<place].contains(where: { $0.name == name }) else {
            throw fault(Self.name(ofModel: place, "name"), "stands there twice: “\(name)”.")
        }
        guard name.utf8.count <= 128, name.utf8.allSatisfy({ (33...126).contains($0) }),
            name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
        else {
            throw fault(
                Self.name(ofModel: place, "name"), "must be 1 to 128 visible ASCII characters, not “\(name)”.")
        }
    }

    private func check(_ upstream: UpstreamSettings) throws(Refusal) {
        let name = "upstreams.\(upstream.name)"
        for key in ["kind", "url"] where !isSet("\(name).\(key)") {
            throw fault("\(name).\(key)", "is missing.")
        }
        do { try UpstreamList.check(upstream) } catch {
            let place = error.field == "url" ? "\(name).url" : name
            throw fault(place, "cannot be: \(error.message)")
        }
    }
}

extension Settings {
    /// The config file, where there is one, then the environment, which overrides it.
    static func load(file: String?, environment: [String: String]) throws(Refusal) -> Settings {
        var reader = SettingsReader()
        if let file { try reader.read(file: file) }
        try reader.read(environment: environment)
        return try reader.finish()
    }
}
