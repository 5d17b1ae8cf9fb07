using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;

namespace Fotograma.Messaging.RabbitMq.Connecting;

/// <summary>What the client is told about TLS.</summary>
internal static class TlsSettings
{
    public static SslOption For(RabbitMqTlsOptions options, string host)
    {
        if (!options.Enabled) return new SslOption();
        var settings = new SslOption { Enabled = true, ServerName = string.IsNullOrEmpty(options.ServerName) ? host : options.ServerName };
        if (!string.IsNullOrEmpty(options.AuthorityFile)) settings.CertificateValidationCallback = TrustOnly(options.AuthorityFile);
        if (!string.IsNullOrEmpty(options.CertificateFile)) settings.Certs = [X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile)];
        return settings;
    }

    private static RemoteCertificateValidationCallback TrustOnly(string authorityFile) => (_, certificate, _, errors) =>
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authorityFile);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(new X509Certificate2(certificate));
    };
}
