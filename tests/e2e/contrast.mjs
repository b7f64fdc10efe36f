// Contrast of text as it is rendered. Text of the document: the page is photographed with its text made
// transparent, and the colour of each piece is held against the colours that lie under it. Text on
// canvases: each fillText() is held against the pixels that its letters will cover. The lines that
// are less than 4.5 apart (WCAG 2, for every size) are told.
export const LEAST = 4.5;
const SHARE = 0.12; // of the ground, below which a colour is an edge and not a ground

/** Runs in the page before its own script: notes what is written on canvases while `isMeasuring`. */
export function watchCanvases() {
    const { fillText } = CanvasRenderingContext2D.prototype;
    window.painted = [];
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
        if (window.isMeasuring && String(text).trim()) {
            window.painted.push(look(this, String(text), x, y));
        }
        return fillText.call(this, text, x, y, ...rest);
    };

    function look(context, text, x, y) {
        const size = context.measureText(text);
        const at = context.getTransform().transformPoint(new DOMPoint(x, y));
        const [dx, dy] = [Math.ceil(size.actualBoundingBoxLeft), Math.ceil(size.actualBoundingBoxAscent)];
        const width = Math.max(1, dx + Math.ceil(size.actualBoundingBoxRight));
        const height = Math.max(1, dy + Math.ceil(size.actualBoundingBoxDescent));
        const beside = () => new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
        const letters = beside();
        Object.assign(letters, { font: context.font, textAlign: context.textAlign, textBaseline: context.textBaseline });
        letters.fillText(text, dx, dy);
        const mask = letters.getImageData(0, 0, width, height).data;
        const under = beside();
        under.drawImage(context.canvas, dx - Math.round(at.x), dy - Math.round(at.y));
        const ground = under.getImageData(0, 0, width, height).data;
        const grounds = new Map();
        for (let i = 0; i < mask.length; i += 4) {
            if (mask[i + 3] > 60) {
                const colour = `rgba(${ground[i]},${ground[i + 1]},${ground[i + 2]},${ground[i + 3] / 255})`;
                grounds.set(colour, (grounds.get(colour) ?? 0) + 1);
            }
        }
        return { text, colour: context.fillStyle, opacity: context.globalAlpha, canvas: context.canvas, grounds: [...grounds] };
    }
}

/** In the page: every piece of visible text, its place in the document and how it is coloured. */
function piecesOf() {
    const root = document.querySelector('dialog[open]') ?? document.body;
    const pieces = [];
    const styleOf = (element) => {
        let opacity = 1;
        for (let at = element; at; at = at.parentElement) {
            opacity *= Number(getComputedStyle(at).opacity);
        }
        return opacity;
    };
    /** What is left of a rectangle where boxes around it cut it off. */
    const cut = (rect, element) => {
        let [left, top, right, bottom] = [rect.left, rect.top, rect.right, rect.bottom];
        for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (/hidden|auto|scroll|clip/.test(style.overflow)) {
                const box = at.getBoundingClientRect();
                [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
                [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
            }
            if (style.position === 'fixed') {
                break;
            }
        }
        return { x: left + scrollX, y: top + scrollY, width: right - left, height: bottom - top };
    };
    const add = (text, rect, element, colour) => {
        const place = cut(rect, element);
        if (place.width >= 3 && place.height >= 5) {
            const words = text.trim().replace(/\s+/g, ' ').slice(0, 40);
            pieces.push({ text: words, colour, opacity: styleOf(element), where: element.className?.baseVal ?? element.className, ...place });
        }
    };
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        const element = node.parentElement;
        if (!node.data.trim() || element.closest('script,style,option') || !element.checkVisibility({ visibilityProperty: true })) {
            continue;
        }
        const range = document.createRange();
        range.selectNodeContents(node);
        const style = getComputedStyle(element);
        for (const rect of range.getClientRects()) {
            add(node.data, rect, element, element instanceof SVGElement ? style.fill : style.color);
        }
    }
    for (const field of root.querySelectorAll('input:not([type=checkbox]),textarea,select')) {
        const text = field.value || field.placeholder || '';
        if (text.trim() && field.checkVisibility({ visibilityProperty: true })) {
            const pseudo = !field.value && field.placeholder ? '::placeholder' : null;
            add(text, field.getBoundingClientRect(), field, getComputedStyle(field, pseudo).color);
        }
    }
    return pieces;
}

/** In the page: text becomes invisible, or visible again. By CSSOM: the page's policy lets no style element in. */
function hideText(isHidden) {
    if (isHidden) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(`*, *::before, *::after, *::placeholder { color: transparent !important; transition: none !important;
            text-shadow: none !important; text-decoration-color: transparent !important; caret-color: transparent !important }
            svg text, svg tspan { fill: transparent !important }`);
        document.adoptedStyleSheets.push(sheet);
    } else {
        document.adoptedStyleSheets.pop();
    }
}

/** In the page: what was painted on canvases that are still there, with the ground of the document behind them. */
function paintedOf() {
    const seen = new Map();
    for (const { canvas, ...one } of window.painted) {
        if (!canvas.isConnected || !canvas.checkVisibility()) {
            continue;
        }
        const behind = [];
        for (let at = canvas; at; at = at.parentElement) {
            behind.unshift(getComputedStyle(at).backgroundColor);
        }
        seen.set(`${one.text} ${one.colour}`, { ...one, behind, where: 'canvas' });
    }
    window.painted = [];
    return [...seen.values()];
}

/** In an empty page: the least contrast of each piece, as WCAG 2 reckons it. */
async function reckon({ png, pieces, painted, share }) {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d', { willReadFrequently: true });
    canvas.drawImage(image, 0, 0);
    const shot = canvas.getImageData(0, 0, image.width, image.height);
    const one = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });

    const over = (layers) => {
        one.clearRect(0, 0, 1, 1);
        for (const [colour, opacity] of layers) {
            one.globalAlpha = opacity;
            one.fillStyle = colour;
            one.fillRect(0, 0, 1, 1);
        }
        one.globalAlpha = 1;
        return [...one.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    };
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => {
        const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
        return (high + 0.05) / (low + 0.05);
    };
    const groundsOf = (piece) => {
        const grounds = new Map();
        const right = Math.min(image.width, Math.ceil(piece.x + piece.width));
        const bottom = Math.min(image.height, Math.ceil(piece.y + piece.height));
        for (let y = Math.max(0, Math.floor(piece.y)); y < bottom; y++) {
            for (let x = Math.max(0, Math.floor(piece.x)); x < right; x++) {
                const i = 4 * (y * image.width + x);
                const colour = `rgb(${shot.data[i]},${shot.data[i + 1]},${shot.data[i + 2]})`;
                grounds.set(colour, (grounds.get(colour) ?? 0) + 1);
            }
        }
        return [...grounds];
    };
    const leastOf = (piece, grounds, behind) => {
        const all = grounds.reduce((sum, [, count]) => sum + count, 0);
        let least = { ratio: Infinity };
        for (const [colour, count] of grounds.filter(([, number]) => number >= share * all)) {
            const layers = [...behind, [colour, 1]];
            const ground = over(layers);
            const ink = over([...layers, [piece.colour, piece.opacity]]);
            const ratio = contrast(ink, ground);
            if (ratio < least.ratio) {
                least = { ratio, ink: `rgb(${ink})`, ground: `rgb(${ground})` };
            }
        }
        return { text: piece.text, where: piece.where, ...least };
    };
    return [
        ...pieces.map((piece) => leastOf(piece, groundsOf(piece), [['#fff', 1]])),
        ...painted.map((piece) => leastOf(piece, piece.grounds, [['#fff', 1], ...piece.behind.map((colour) => [colour, 1])])),
    ].filter(({ ratio }) => Number.isFinite(ratio));
}

const readers = new WeakMap();

/** Of the page as it stands: { count, least, faint: lines }. What was painted on canvases since `isMeasuring` counts. */
export async function contrasts(page) {
    const browser = page.context().browser();
    if (!readers.has(browser)) {
        readers.set(browser, browser.newPage());
    }
    const reader = await readers.get(browser);
    await page.evaluate(() => window.stand(true));
    const painted = await page.evaluate(paintedOf);
    const pieces = await page.evaluate(piecesOf);
    await page.evaluate(hideText, true);
    const png = (await page.screenshot({ fullPage: true, scale: 'css', animations: 'disabled' })).toString('base64');
    await page.evaluate(hideText, false);
    await page.evaluate(() => window.stand(false));
    const all = await reader.evaluate(reckon, { png, pieces, painted, share: SHARE });
    const faint = all.filter(({ ratio }) => ratio < LEAST).map(({ text, where, ratio, ink, ground }) =>
        `contrast ${ratio.toFixed(2)}: “${text}” (${where}) ${ink} on ${ground}`);
    return { count: all.length, least: Math.min(...all.map(({ ratio }) => ratio)), faint };
}
