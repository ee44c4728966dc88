/// The tables of letters that are written in more than one way.
enum FoldedLetters {
    /// U+00C0 to U+024F without accents; `?` is a letter that has no such form.
    static let latin = Array(
        """
        AAAAAA?CEEEEIIIIDNOOOOO OUUUUY??aaaaaa?ceeeeiiiidnooooo ouuuuy?yAaAaAaCcCcCcCcDd\
        DdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi??JjKkkLlLlLlLlLlNnNnNn?NnOoOoOo??RrRrRrSsSsSs\
        SsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzsbB?????CcDD??????FfG???IKkl??NnOOo??Pp?????tTtTU\
        u?VYyZz??????????????????????AaIiOoUuUuUuUuUu?AaAa??GgGgKkOoOo??j???Gg??NnAa??Oo\
        AaAaEeEeIiIiOoOoRrRrUuUuSsTt??Hh????ZzAaEeOoOoOoOoYy??????A??L????????Ee????????
        """.utf8)

    /// U+1E00 to U+1EFF likewise.
    static let latinAdditional = Array(
        """
        AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOo\
        OoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwy?sss??\
        AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUu\
        UuYyYyYyYy??????
        """.utf8)

    /// Letters that are written out with several.
    static let spelled: [Unicode.Scalar: String] = [
        "Æ": "ae", "æ": "ae", "Ǽ": "ae", "ǽ": "ae", "Œ": "oe", "œ": "oe", "ß": "ss", "ẞ": "ss", "Þ": "th",
        "þ": "th", "Ĳ": "ij", "ĳ": "ij", "ŉ": "n", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl",
        "ﬅ": "st", "ﬆ": "st",
    ]

    /// Greek, Cyrillic, Arabic, Hebrew and Devanagari letters, each before the one that it is read as.
    static let plainer = pairs(
        """
        άα έε ήη ίι όο ύυ ώω ϊι ϋυ ΐι ΰυ ςσ ёе йи їі ўу ѐе ѝи ѓг ќк ґг أا إا آا ٱا ىي ئي یي ؤو ةه ۀه کك ךכ םמ ןנ \
        ףפ ץצ \u{958}\u{915} \u{959}\u{916} \u{95A}\u{917} \u{95B}\u{91C} \u{95C}\u{921} \u{95D}\u{922} \
        \u{95E}\u{92B} \u{95F}\u{92F}
        """)

    /// Half-width katakana from U+FF66 on, wide.
    static let katakana = Array(
        "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン".unicodeScalars)

    /// The 214 Kangxi radicals from U+2F00 on, as PDF files have them in place of letters.
    static let radicals = Array(
        """
        一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴\
        廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿\
        目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵\
        邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠
        """.unicodeScalars)

    private static func pairs(_ text: String) -> [Unicode.Scalar: Unicode.Scalar] {
        let pairs = text.split(separator: " ").map { Array($0.unicodeScalars) }
        return Dictionary(pairs.map { ($0[0], $0[1]) }) { first, _ in first }
    }
}
