using AttentionLab.Studio.Book;
using QRCoder;

namespace AttentionLab.Studio.Web;

/// <summary>What the leader's page asks of the votes by phone; behind the course's door like everything else there.</summary>
/// <param name="Do"><c>open</c> and <c>shut</c> the room, <c>ask</c> a question, <c>close</c> it; anything else only looks.</param>
internal sealed record VoteCommand(string? Do = null)
{
    /// <summary>What is asked.</summary>
    public string? Question { get; init; }

    /// <summary>What can be answered.</summary>
    public IReadOnlyList<string>? Answers { get; init; }
}

/// <summary>The room as the leader sees it.</summary>
/// <param name="IsOn">Phones can vote.</param>
internal sealed record VoteView(bool IsOn)
{
    /// <summary>Where they find the room, the likeliest address first.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>The first address as a picture for their cameras, as an address of data.</summary>
    public string? Picture { get; init; }

    /// <summary>The question; null before the first.</summary>
    public VoteQuestion? Question { get; init; }

    /// <summary>Why nothing was done; null if it was.</summary>
    public string? Word { get; init; }
}

/// <summary>Holds the listener for phones, from when the leader switches it on until it is switched off or the course ends.</summary>
internal sealed class VoteDesk : IAsyncDisposable
{
    /// <summary>The most letters of a question or an answer.</summary>
    public const int LongestText = 500;

    private const int MostAnswers = 8;

    private readonly SemaphoreSlim _gate = new(1);
    private VoteServer? _server;

    /// <summary>The listener; null while it is off.</summary>
    public VoteServer? Server => Volatile.Read(ref _server);

    /// <summary>Carries out what the leader asks for.</summary>
    public async Task<VoteView> DoAsync(VoteCommand command)
    {
        await _gate.WaitAsync();
        try
        {
            switch (command.Do)
            {
                case "open":
                    _server ??= await VoteServer.StartAsync();
                    break;
                case "shut":
                    await ShutAsync();
                    break;
                case "ask" when !IsQuestion(command):
                    return View() with { Word = $"A question has 2 to {MostAnswers} answers, none longer than {LongestText} letters." };
                case "ask":
                    _server?.Room.Ask(PageText.Clean(command.Question!), [.. command.Answers!.Select(PageText.Clean)]);
                    break;
                case "close":
                    _server?.Room.Close();
                    break;
            }

            return View();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ShutAsync();
        _gate.Dispose();
    }

    private static bool IsQuestion(VoteCommand command) => command is { Question: { Length: > 0 and <= LongestText }, Answers.Count: >= 2 and <= MostAnswers }
        && command.Answers.All(answer => answer is { Length: > 0 and <= LongestText });

    private async Task ShutAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.DisposeAsync();
        }
    }

    private VoteView View()
    {
        if (_server is not { } server)
        {
            return new VoteView(false);
        }

        string[] addresses = [.. server.Addresses().Select(address => address.AbsoluteUri)];
        VoteQuestion question = server.Room.Look();
        return new VoteView(true) { Addresses = addresses, Picture = Picture(addresses[0]), Question = question.Number == 0 ? null : question };
    }

    private static string Picture(string address)
    {
        using QRCodeGenerator generator = new();
        using QRCodeData data = generator.CreateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using PngByteQRCode code = new(data);
        return "data:image/png;base64," + Convert.ToBase64String(code.GetGraphic(pixelsPerModule: 8));
    }
}
