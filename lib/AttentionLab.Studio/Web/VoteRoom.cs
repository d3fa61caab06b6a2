using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace AttentionLab.Studio.Web;

/// <summary>
/// What phones vote on: one question at a time, one vote for each device until the question is closed. It knows numbers of answers and addresses of
/// devices, no names, and forgets both with the room.
/// </summary>
internal sealed class VoteRoom
{
    /// <summary>Devices that may vote in one room.</summary>
    public const int MostDevices = 40;

    // Without letters and digits that are taken for each other when one types them.
    private const string Letters = "23456789abcdefghjkmnpqrstuvwxyz";

    private readonly Lock _gate = new();
    private readonly HashSet<IPAddress> _devices = [];
    private readonly Dictionary<IPAddress, int> _votes = [];
    private VoteQuestion _question = new(0, "", []);

    /// <summary>Whoever does not know it finds nothing: 8 of 31 letters, 40 bits.</summary>
    public string Code { get; } = RandomNumberGenerator.GetString(Letters, 8);

    /// <summary>Compares in the same time whatever is given.</summary>
    public bool IsCode(string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Code));

    /// <summary>Opens a question; votes for the one before are forgotten.</summary>
    public void Ask(string text, IReadOnlyList<string> answers)
    {
        lock (_gate)
        {
            _question = new VoteQuestion(_question.Number + 1, text, answers) { IsOpen = true };
            _votes.Clear();
        }
    }

    /// <summary>No vote counts from now on.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _question = _question with { IsOpen = false };
        }
    }

    /// <summary>Takes a vote; a later one of the same device replaces it.</summary>
    /// <param name="device">Where it comes from.</param>
    /// <param name="number">Of the question that the device saw.</param>
    /// <param name="answer">Index of the answer.</param>
    /// <returns>The status of HTTP that says what became of it.</returns>
    public HttpStatusCode Vote(IPAddress device, int number, int answer)
    {
        lock (_gate)
        {
            if (!_question.IsOpen || number != _question.Number)
            {
                return HttpStatusCode.Conflict;
            }

            if (answer < 0 || answer >= _question.Answers.Count)
            {
                return HttpStatusCode.BadRequest;
            }

            if (!_devices.Contains(device) && _devices.Count == MostDevices)
            {
                return HttpStatusCode.Forbidden;
            }

            _devices.Add(device);
            _votes[device] = answer;
            return HttpStatusCode.OK;
        }
    }

    /// <summary>The question as a device sees it: with its own vote, and with everybody's when it is closed.</summary>
    /// <param name="device">Null for the leader, who sees no vote either before the question is closed.</param>
    public VoteQuestion Look(IPAddress? device = null)
    {
        lock (_gate)
        {
            int[] tally = new int[_question.Answers.Count];
            foreach (int answer in _votes.Values)
            {
                tally[answer]++;
            }

            return _question with
            {
                Votes = _votes.Count,
                Mine = device is not null && _votes.TryGetValue(device, out int mine) ? mine : null,
                Tally = _question.IsOpen || _question.Number == 0 ? null : tally,
            };
        }
    }
}

/// <summary>A question that is voted on.</summary>
/// <param name="Number">Counts the questions of a room; 0 before the first.</param>
/// <param name="Text">What is asked.</param>
/// <param name="Answers">What can be answered.</param>
internal sealed record VoteQuestion(int Number, string Text, IReadOnlyList<string> Answers)
{
    /// <summary>Votes count.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Devices that have voted.</summary>
    public int Votes { get; init; }

    /// <summary>The answer of the device that asks; null for none.</summary>
    public int? Mine { get; init; }

    /// <summary>Votes for each answer; null until the question is closed.</summary>
    public IReadOnlyList<int>? Tally { get; init; }
}
