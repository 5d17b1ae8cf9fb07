using System.Collections.Frozen;

namespace Fotograma.Auth.Passwords;

/// <summary>Passwords of at least eight characters that guessing starts with, in English, Portuguese and Spanish; compared without case.</summary>
internal static class CommonPasswords
{
    private static readonly FrozenSet<string> All = """
        12345678 123456789 1234567890 12345678910 123456789a 1234567891 0123456789 01234567 012345678 87654321 987654321 9876543210 0987654321
        12341234 123123123 123321123 12344321 1234554321 123454321 11223344 1122334455 112233445566 10203040 1020304050 147258369 159357456 159753456
        741852963 963852741 789456123 456789123 321654987 123456987 14725836 25802580 12121212 13131313 10101010 20202020 69696969 123654789
        password password1 password12 password123 password1234 password! password1! password01 passw0rd p@ssw0rd p@ssword p@ssword1 p@ssw0rd1 pa55word
        pa$$word passwort passw0rd1 mypassword newpassword thepassword password2 password0 passpass pass1234 pass12345 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y
        1qaz2wsx 1qaz2wsx3edc 1qazxsw2 zaq12wsx zaq1zaq1 q1w2e3r4 q1w2e3r4t5 qazwsxedc qazwsx123 qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234
        qwerty12345 qwertyqwerty qwer1234 qwerasdf qweasdzxc qwe123qwe asdfghjk asdfghjkl asdf1234 asdfasdf asdfqwer zxcvbnm1 zxcvbnm123 zxcvbnm,
        zxcvzxcv abcd1234 abc12345 abc123456 abcdefgh abcdefghi abcdefg1 a1b2c3d4 a1b2c3d4e5 a1234567 a12345678 a123456789 aa123456 aa12345678 abcabcabc
        123456ab 123456abc 12345abc 1234abcd 123qweasd 123qwe123 123abc123 1a2b3c4d q1234567 q12345678 z1234567 iloveyou iloveyou1 iloveyou2 iloveyou!
        ilovegod iloveme1 loveyou1 lovelove loveme123 sunshine sunshine1 princess princess1 football football1 baseball baseball1 basketball superman
        superman1 batman123 spiderman starwars startrek trustno1 whatever whatever1 welcome1 welcome12 welcome123 welcome! welcome1! letmein1 letmein123
        letmein! changeme changeme1 changeme123 computer computer1 internet internet1 security secret123 michelle jennifer jessica1 charlie1 michael1
        jordan23 hunter123 liverpool liverpool1 arsenal1 chelsea1 barcelona realmadrid manchester juventus bonjour1 mustang1 corvette mercedes
        ferrari1 porsche1 samsung1 samsung123 motorola blink182 slipknot metallica pokemon1 minecraft nintendo playstation fortnite1 counterstrike
        shadow123 dragon123 monkey123 master123 killer123 freedom1 diamond1 chocolate cookie123 butterfly elephant dolphins tigger123 rainbow1 flower123
        admin123 admin1234 admin12345 administrator adminadmin admin@123 root1234 rootroot toor1234 guest123 guest1234 user1234 username test1234 test12345
        testtest testing1 testing123 test@123 demo1234 demodemo default1 temp1234 temporary login123 access14 god12345 jesus123 jesuschrist trinity1 matrix123
        google123 facebook facebook1 linkedin instagram youtube1 twitter1 windows1 windows10 microsoft linux123 ubuntu123 oracle123 mysql123 postgres
        postgres1 database raspberry cisco123 summer2023 summer2024 summer2025 winter2023 winter2024 winter2025 spring2024 autumn2024 january1 november
        december september brasil123 brasil2024 brasil10 flamengo flamengo1 corinthians corinthians1 palmeiras palmeiras1 saopaulo saopaulo1 vascodagama
        gremio123 cruzeiro cruzeiro1 santos123 botafogo botafogo1 fluminense internacional senha123 senha1234 senha12345 senha123456 senhasenha minhasenha
        mudar123 mudar1234 mudarsenha eutaamo1 teamomuito teamo123 euteamo1 euteamoo amorzinho amoreterno meuamor1 meuamor123 deusefiel deuseamor deus1234
        deusfiel jesusteama jesuscristo familia1 familia123 felicidade esperanca liberdade gabriel1 gabriel123 fernanda fernando juliana1 mariana1
        leticia1 amanda123 rodrigo1 rafael123 guilherme carolina contrasena contrasena1 contraseña contraseña1 clave123 clave1234 teamo1234 tequiero
        tequieromucho teamomucho estrella mariposa princesa princesa1 alejandro alejandra angelito hermosa1 bonita123 chocolate1 futbol123 colombia
        argentina venezuela mexico123 espana123 bienvenido bienvenido1 fotograma fotograma1 fotograma123 video123 videos123 qwertz123 azerty123 azertyuiop
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool Contains(string password) => All.Contains(password);
}
