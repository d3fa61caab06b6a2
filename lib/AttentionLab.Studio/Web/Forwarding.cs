namespace AttentionLab.Studio.Web;

/// <summary>Hosts that bring requests to this machine's loopback address. None is trusted by itself: the environment of a Codespace names one, or the reader
/// does.</summary>
public static class Forwarding
{
    /// <summary>The host of the Codespace that this program runs in, for a port; null outside of one.</summary>
    /// <param name="port">The port that is listened on.</param>
    /// <param name="environment">Gives the value of an environment variable, or null.</param>
    public static string? OfCodespace(int port, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        string? name = environment("CODESPACE_NAME"), domain = environment("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN");
        return environment("CODESPACES") == "true" && name is { Length: > 0 } && domain is { Length: > 0 }
            && FormattableString.Invariant($"{name}-{port}.{domain}") is var host && IsHost(host) ? host : null;
    }

    /// <summary>True for the name of a host, without scheme, port or path.</summary>
    /// <param name="host">For example <c>name-5080.app.github.dev</c>.</param>
    public static bool IsHost(string host) => Uri.CheckHostName(host) == UriHostNameType.Dns;
}
