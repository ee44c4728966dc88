/// Other words for what the handbook says in its own.
enum Synonyms {
    /// From a stemmed word to the stemmed words that the handbook may use for it.
    static let table: [String: [String]] = {
        var table: [String: [String]] = [:]
        for group in groups {
            let words = group.split(separator: " ").map { Words.stem(String($0)) }
            for word in words { table[word, default: []] += words.filter { $0 != word } }
        }
        return table
    }()

    /// Words of one line may stand for each other.
    private static let groups = [
        "cancel abort interrupt",
        "cancel stop",
        "stop shutdown quit exit",
        "start run launch boot",
        "install setup",
        "restart reboot",
        "resume reconnect continue",
        "lost dropped broken interrupted disconnected",
        "answer reply response",
        "leave disconnect close gone",
        "agent bot assistant chatbot persona",
        "instructions prompt personality system",
        "upstream model provider backend",
        "model llm",
        "anthropic claude",
        "openai gpt chatgpt",
        "token login jwt authenticate credential",
        "secret password credential",
        "rotate renew change",
        "account tenant workspace team organisation organization project",
        "client app application program sdk library package",
        "conversation chat history thread session",
        "remember memory earlier previous",
        "file upload attachment document",
        "image picture photo",
        "log logging logs",
        "metric prometheus monitoring statistics",
        "health liveness readiness probe",
        "doctor diagnose troubleshoot selftest check",
        "tls https ssl certificate",
        "docker container dockerfile",
        "systemd service daemon autostart",
        "proxy nginx balancer",
        "port address",
        "configuration config setting option",
        "environment env variable",
        "data directory database disk storage",
        "store save keep kept",
        "crash kill killed power",
        "full space",
        "backup restore copy snapshot",
        "update upgrade migrate",
        "delete remove erase",
        "limit maximum quota",
        "large big huge",
        "slow timeout",
        "fail down error unavailable outage",
        "fallback failover alternative",
        "retry again repeat twice duplicate",
        "stream streaming sse live",
        "price cost billing",
        "speed fast performance benchmark",
        "field parameter argument",
        "forbidden permission allowed",
        "machine laptop computer host",
        "list show",
        "add create new",
        "drain graceful gracefully",
        "heartbeat keepalive quiet silent idle",
    ]
}
