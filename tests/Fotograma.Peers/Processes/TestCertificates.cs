using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fotograma.Peers.Processes;

/// <summary>An authority and a certificate for <c>localhost</c> that it signed, as PEM files; for servers that speak TLS.</summary>
/// <param name="AuthorityFile">The authority's certificate.</param>
/// <param name="ServerFile">The server's certificate.</param>
/// <param name="ServerKeyFile">The server's key.</param>
public sealed record TestCertificates(string AuthorityFile, string ServerFile, string ServerKeyFile)
{
    /// <summary>Writes fresh files into a folder.</summary>
    public static TestCertificates MakeIn(string folder)
    {
        var made = new TestCertificates(Path.Combine(folder, "authority.pem"), Path.Combine(folder, "server.pem"), Path.Combine(folder, "server-key.pem"));
        var (from, until) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Fotograma test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var authority = authorityRequest.CreateSelfSigned(from, until);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var server = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(made.AuthorityFile, authority.ExportCertificatePem());
        File.WriteAllText(made.ServerFile, server.ExportCertificatePem());
        File.WriteAllText(made.ServerKeyFile, key.ExportPkcs8PrivateKeyPem());
        return made;
    }
}
